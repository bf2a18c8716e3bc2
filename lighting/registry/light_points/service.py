"""Use cases of light points: list, show, create, change."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from lighting.registry import repository as registry
from lighting.registry.compute import derived
from lighting.registry.history import service as history
from lighting.registry.history.model import LightPointImage
from lighting.registry.light_points import repository
from lighting.registry.light_points.model import LightPointFilter, LightPointView, NewLightPoint
from lighting.registry.model import AssetState, Place
from lighting.registry.rules import check_move
from lighting.registry.tables import LightPoint

# What a change may name; everything else of a light point follows from these or never changes.
CHANGEABLE = frozenset(
    {
        *("code", "street", "state", "lon_deg", "lat_deg", "support_id", "cabinet_id"),
        *("circuit_id", "position_on_circuit", "attributes"),
    }
)


class LightPointRefusedError(ConflictError):
    """The database refuses the light point: its number is taken, or its references disagree."""

    code = "light_point_refused"
    title = "This light point cannot be written so"


async def light_points(
    session: AsyncSession,
    caller: Caller,
    wanted: LightPointFilter,
    *,
    among: sa.Select[Any] | Sequence[UUID] | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> Sequence[LightPointView]:
    """Light points by code, those after the pair (code, id).

    `among` narrows them to some ids, or to a SELECT of ids that a folder above gives.
    """
    return await repository.views(session, caller, wanted, among=among, after=after, limit=limit)


async def light_point(
    session: AsyncSession, caller: Caller, light_point_id: UUID
) -> LightPointView:
    """One light point; refused as unknown when the caller may not see it."""
    found = await repository.view(session, caller, light_point_id)
    if found is None:
        raise NotFoundError("no such light point; see GET /api/v1/light-points")
    return found


async def create_light_point(
    session: AsyncSession, caller: Caller, new: NewLightPoint, *, at: datetime
) -> LightPointView:
    """Add a light point, without equipment."""
    await access.organisation(session, caller, new.organisation_id)
    caller.require(Role.PLAN, new.organisation_id)
    await _check_references(session, caller, new.cabinet_id, new.support_id)
    row = LightPoint(
        **{**asdict(new), "state": new.state.value},
        **asdict(derived(new.code, new.street, Place(new.lon_deg, new.lat_deg))),
        revision=await registry.next_revision(session),
        created_at=at,
    )
    await registry.save(session, _refusal(new.code), row)
    await _note(session, caller, row, at=at, action="create", before=None)
    return await light_point(session, caller, row.id)


async def change_light_point(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    changes: Mapping[str, Any],
    *,
    at: datetime,
) -> LightPointView:
    """Change the named columns of a light point; its number may change, its identity does not."""
    view = await light_point(session, caller, light_point_id)
    caller.require(Role.PLAN, view.organisation_id)
    if unknown := sorted(changes.keys() - CHANGEABLE):
        raise InvalidInputError(f"{', '.join(unknown)} cannot be changed")
    await _check_references(session, caller, changes.get("cabinet_id"), changes.get("support_id"))
    revision = await registry.next_revision(session)  # before any row: see next_revision
    row = await repository.locked(session, light_point_id)
    _check_state(view, AssetState(row.state), AssetState(changes.get("state", row.state)))
    before = await history.image(session, light_point_id)
    for name, value in changes.items():
        setattr(row, name, value.value if isinstance(value, AssetState) else value)
    for name, value in asdict(
        derived(row.code, row.street, Place(row.lon_deg, row.lat_deg))
    ).items():
        setattr(row, name, value)
    row.revision = revision
    await registry.save(session, _refusal(row.code), row)
    await _note(session, caller, row, at=at, action="change", before=before)
    return await light_point(session, caller, light_point_id)


def _check_state(view: LightPointView, present: AssetState, wanted: AssetState) -> None:
    check_move(present, wanted)
    if wanted is AssetState.REMOVED and (view.luminaire or view.controller):
        raise ConflictError(
            "there is equipment in this light point; take it out first, so that it is not lost"
        )


async def _note(
    session: AsyncSession,
    caller: Caller,
    row: LightPoint,
    *,
    at: datetime,
    action: str,
    before: LightPointImage | None,
) -> None:
    await history.note(
        session,
        at=at,
        action=action,
        organisation_id=row.organisation_id,
        light_point_id=row.id,
        before=before,
        after=await history.image(session, row.id),
    )
    await audit.record(
        session,
        caller,
        at=at,
        action=f"light_point.{action}",
        subject_type="light_point",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"code": row.code},
    )


async def _check_references(
    session: AsyncSession, caller: Caller, cabinet_id: UUID | None, support_id: UUID | None
) -> None:
    """Refuse a cabinet or support that the caller may not see."""
    if not await repository.may_see_all(session, caller, cabinet_id, support_id):
        raise NotFoundError("no such cabinet or support; choose one of yours")


def _refusal(code: str) -> LightPointRefusedError:
    return LightPointRefusedError(
        f"another light point of this organisation may have the number '{code}', "
        "or the circuit is not one of that cabinet; check both"
    )
