"""Use cases of history: note a change, tell what a light point was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import NotFoundError
from lighting.registry.history import repository
from lighting.registry.history.model import Change, LightPointImage
from lighting.registry.model import AssetKind
from lighting.registry.tables import AssetChange

CHANGES_SHOWN_MAX = 200


async def image(session: AsyncSession, light_point_id: UUID) -> LightPointImage:
    """What a light point is now."""
    return (await repository.images(session, [light_point_id]))[light_point_id]


async def note(
    session: AsyncSession,
    *,
    at: datetime,
    action: str,
    organisation_id: UUID,
    light_point_id: UUID,
    before: LightPointImage | None,
    after: LightPointImage | None,
) -> None:
    """Keep what a light point was before and after a change."""
    session.add(
        AssetChange(
            at=at,
            organisation_id=organisation_id,
            asset_type=AssetKind.LIGHT_POINT.value,
            asset_id=light_point_id,
            action=action,
            before=_builtins(before),
            after=_builtins(after),
        )
    )


async def changes(session: AsyncSession, caller: Caller, light_point_id: UUID) -> Sequence[Change]:
    """The changes of a light point, newest first."""
    rows = await repository.changes(
        session, caller, light_point_id, until=None, limit=CHANGES_SHOWN_MAX
    )
    return [
        Change(row.at, row.action, _image(row.before), _image(row.after), row.import_run_id)
        for row in rows
    ]


async def as_of(
    session: AsyncSession, caller: Caller, light_point_id: UUID, at: datetime
) -> LightPointImage:
    """What a light point was at a past instant; the answer never changes."""
    rows = await repository.changes(session, caller, light_point_id, until=at, limit=1)
    image = _image(rows[0].after) if rows else None
    if image is None:
        raise NotFoundError(
            "the registry did not know this light point at that date; ask for a later one"
        )
    return image


def _builtins(image: LightPointImage | None) -> dict[str, Any] | None:
    return None if image is None else dict(msgspec.to_builtins(image))


def _image(kept: Mapping[str, Any] | None) -> LightPointImage | None:
    return None if kept is None else msgspec.convert(kept, LightPointImage)
