"""Use cases of installations: put in, swap by one scan, take out, tell what was there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access.model import Caller
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.outbox import Event, emit
from lighting.registry import repository as registry
from lighting.registry.equipment import repository as equipment
from lighting.registry.equipment.service import require_field_hand
from lighting.registry.equipment.tables import Controller, Installation, Luminaire
from lighting.registry.history import service as history
from lighting.registry.history.model import LightPointImage
from lighting.registry.installations import repository, rules
from lighting.registry.installations.model import Choice, Stay, Swap
from lighting.registry.light_points import service as light_points
from lighting.registry.model import (
    AssetState,
    EquipmentInstalled,
    EquipmentKind,
    EquipmentRemoved,
)
from lighting.registry.tables import LightPoint

STAYS_SHOWN_MAX = 200


async def stays(session: AsyncSession, caller: Caller, light_point_id: UUID) -> Sequence[Stay]:
    """Everything that was ever in a light point, newest first."""
    await light_points.light_point(session, caller, light_point_id)
    return await repository.stays(session, light_point_id, limit=STAYS_SHOWN_MAX)


async def install(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    choice: Choice,
    *,
    at: datetime,
    now: datetime,
    reason: str = "",
    replaced_becomes: AssetState = AssetState.IN_STOCK,
) -> Swap:
    """Put equipment into a light point; what was there came out at that same instant.

    `at` is when it happened on the street, `now` when we are told.
    """
    rules.check_told(at, now)
    rules.check_after_removal(replaced_becomes)
    revision, place = await _held(session, caller, light_point_id)
    piece = await _chosen(session, caller, choice)
    rules.check_fit(AssetState(piece.state), place_state=AssetState(place.state))
    rules.check_order(
        at, await repository.last_removed_at(session, place.id, choice.kind, piece.id)
    )
    await _check_free(session, piece)
    before = await history.image(session, place.id)
    replaced_id = await _take_out(session, place, choice.kind, at, replaced_becomes, revision)
    session.add(
        Installation(
            light_point_id=place.id,
            kind=choice.kind.value,
            equipment_id=piece.id,
            installed_at=at,
            reason=reason,
        )
    )
    piece.state = AssetState.IN_SERVICE.value
    await _mark(session, revision, place, piece)
    event = EquipmentInstalled(
        light_point_id=place.id,
        organisation_id=place.organisation_id,
        kind=choice.kind.value,
        equipment_id=piece.id,
        replaced_id=replaced_id,
        installed_at=at,
    )
    await _tell(session, caller, place, event, before, action=f"install_{choice.kind}", now=now)
    return Swap(place.id, choice.kind, piece.id, replaced_id, at)


async def remove(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    kind: EquipmentKind,
    *,
    at: datetime,
    now: datetime,
    becomes: AssetState = AssetState.IN_STOCK,
) -> None:
    """Take equipment out of a light point and put nothing in its place."""
    rules.check_told(at, now)
    rules.check_after_removal(becomes)
    revision, place = await _held(session, caller, light_point_id)
    before = await history.image(session, place.id)
    removed_id = await _take_out(session, place, kind, at, becomes, revision)
    if removed_id is None:
        raise ConflictError(f"there is no {kind.value} in this light point")
    event = EquipmentRemoved(
        light_point_id=place.id,
        organisation_id=place.organisation_id,
        kind=kind.value,
        equipment_id=removed_id,
        removed_at=at,
    )
    await _tell(session, caller, place, event, before, action=f"remove_{kind}", now=now)


async def _held(
    session: AsyncSession, caller: Caller, light_point_id: UUID
) -> tuple[int, LightPoint]:
    """A new revision, and the light point's row. The revision is taken first, here as everywhere:
    writers of the registry queue up there, and never lock each other's rows crosswise."""
    view = await light_points.light_point(session, caller, light_point_id)
    require_field_hand(caller, view.organisation_id)
    revision = await registry.next_revision(session)
    return revision, await repository.place(session, light_point_id)


async def _chosen(session: AsyncSession, caller: Caller, choice: Choice) -> Controller | Luminaire:
    if (choice.equipment_id is None) == (choice.scanned is None):
        raise InvalidInputError("say which equipment by its id, or by what was scanned")
    piece = await equipment.equipment(
        session, caller, choice.kind, equipment_id=choice.equipment_id, scanned=choice.scanned
    )
    if piece is None:
        raise NotFoundError(f"no such {choice.kind.value} of yours; register it first")
    require_field_hand(caller, piece.organisation_id)
    return piece


async def _check_free(session: AsyncSession, piece: Controller | Luminaire) -> None:
    stay = await repository.open_stay(session, equipment_id=piece.id)
    if stay is not None:
        where = await history.image(session, stay.light_point_id)
        raise rules.EquipmentElsewhereError(f"it is in {where.code}; take it out there first")


async def _take_out(
    session: AsyncSession,
    place: LightPoint,
    kind: EquipmentKind,
    at: datetime,
    becomes: AssetState,
    revision: int,
) -> UUID | None:
    """Close the open stay, if any; returns the equipment that came out."""
    stay = await repository.open_stay(session, light_point_id=place.id, kind=kind)
    if stay is None:
        return None
    rules.check_order(at, stay.installed_at)
    piece = await equipment.equipment(
        session, Caller.system(), kind, equipment_id=stay.equipment_id
    )
    assert piece is not None  # the database proves that it exists
    stay.removed_at = at
    piece.state = becomes.value
    await _mark(session, revision, place, piece)
    return piece.id


async def _mark(
    session: AsyncSession, revision: int, place: LightPoint, piece: Controller | Luminaire
) -> None:
    """Tell workers that the light point changed, and the controller."""
    place.revision = revision
    if isinstance(piece, Controller):
        piece.revision = revision
    await session.flush()


async def _tell(
    session: AsyncSession,
    caller: Caller,
    place: LightPoint,
    event: Event,
    before: LightPointImage,
    *,
    action: str,
    now: datetime,
) -> None:
    after = await history.image(session, place.id)
    await history.note(
        session,
        at=now,
        action=action,
        organisation_id=place.organisation_id,
        light_point_id=place.id,
        before=before,
        after=after,
    )
    await audit.record(
        session,
        caller,
        at=now,
        action=f"light_point.{action}",
        subject_type="light_point",
        subject_id=place.id,
        organisation_id=place.organisation_id,
        detail={"before": _labels(before), "after": _labels(after)},
    )
    await emit(session, event, at=now)


def _labels(image: LightPointImage) -> dict[str, str | None]:
    """The serials that a swap must leave behind."""
    return {"luminaire": image.luminaire_serial, "controller": image.controller_address}
