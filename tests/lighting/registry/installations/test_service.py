"""Equipment is replaced; the light point keeps its number and its history."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller, Role
from kit.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from kit.ids import new_id
from lighting.registry import service as registry
from lighting.registry.installations.rules import (
    EquipmentElsewhereError,
    EquipmentRetiredError,
    StayOrderError,
)
from lighting.registry.model import AssetState, EquipmentKind
from lighting.registry.service import Choice, NewLuminaire, NewLuminaireType
from tests.lighting.registry.towns import AT, caller, make_controller, make_light

OLD, NEW = "70b3d5e75e000001", "70b3d5e75e000002"
LATER = AT + timedelta(days=30)
CONTROLLER = EquipmentKind.CONTROLLER


def scan(label: str) -> Choice:
    return Choice(CONTROLLER, scanned=label)


@pytest.fixture
async def light(session: AsyncSession, planner: Caller, town: UUID) -> UUID:
    """A light point with the controller OLD in it; NEW lies in stock."""
    made = await make_light(session, planner, town, "PL-1")
    for address in (OLD, NEW):
        await make_controller(session, planner, town, address)
    await registry.install(session, planner, made.id, scan(OLD), at=AT, now=AT)
    return made.id


async def test_a_swap_by_one_scan_records_both_and_keeps_the_number(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    number = (await registry.light_point(session, planner, light)).code
    swap = await registry.install(
        session, planner, light, scan(NEW.upper()), at=LATER, now=LATER, reason="lightning"
    )
    shown = await registry.light_point(session, planner, light)
    assert shown.code == number
    assert shown.controller is not None
    assert shown.controller.address == NEW
    new, old = await registry.stays(session, planner, light)
    assert (new.label, new.installed_at, new.removed_at, new.reason) == (
        *(NEW, LATER, None),
        "lightning",
    )
    assert (old.label, old.installed_at, old.removed_at) == (OLD, AT, LATER)
    assert swap.replaced_id == old.equipment_id


async def test_a_swap_tells_the_others(session: AsyncSession, planner: Caller, light: UUID) -> None:
    swap = await registry.install(session, planner, light, scan(NEW), at=LATER, now=LATER)
    await session.flush()
    told = (
        await session.execute(
            sa.text("SELECT payload FROM outbox_event WHERE type = 'EquipmentInstalled'")
        )
    ).scalars()
    last = list(told)[-1]
    assert last["replaced_id"] == str(swap.replaced_id)
    assert last["equipment_id"] == str(swap.equipment_id)


async def test_what_came_out_lies_in_stock_and_may_serve_elsewhere(
    session: AsyncSession, planner: Caller, town: UUID, light: UUID
) -> None:
    await registry.install(session, planner, light, scan(NEW), at=LATER, now=LATER)
    (old,) = await registry.controllers(session, planner, address=OLD)
    assert (old.state, old.light_point_id) == (AssetState.IN_STOCK.value, None)
    elsewhere = await make_light(session, planner, town, "PL-2")
    await registry.install(session, planner, elsewhere.id, scan(OLD), at=LATER, now=LATER)
    (old,) = await registry.controllers(session, planner, address=OLD)
    assert (old.state, old.light_point_code) == (AssetState.IN_SERVICE.value, "PL-2")


async def test_equipment_is_in_one_place_only(
    session: AsyncSession, planner: Caller, town: UUID, light: UUID
) -> None:
    elsewhere = await make_light(session, planner, town, "PL-2")
    with pytest.raises(EquipmentElsewhereError, match="it is in PL-1"):
        await registry.install(session, planner, elsewhere.id, scan(OLD), at=LATER, now=LATER)


async def test_scanning_what_is_already_there_is_refused(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    with pytest.raises(EquipmentElsewhereError, match="it is in PL-1"):
        await registry.install(session, planner, light, scan(OLD), at=LATER, now=LATER)


async def test_retired_equipment_stays_retired(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    await registry.remove(
        session, planner, light, CONTROLLER, at=LATER, now=LATER, becomes=AssetState.REMOVED
    )
    with pytest.raises(EquipmentRetiredError):
        await registry.install(session, planner, light, scan(OLD), at=LATER, now=LATER)


async def test_taking_out_nothing_is_refused(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    await registry.remove(session, planner, light, CONTROLLER, at=LATER, now=LATER)
    with pytest.raises(ConflictError, match="no controller"):
        await registry.remove(session, planner, light, CONTROLLER, at=LATER, now=LATER)


async def test_a_swap_cannot_precede_what_it_replaces(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    before = AT - timedelta(seconds=1)
    with pytest.raises(StayOrderError):
        await registry.install(session, planner, light, scan(NEW), at=before, now=LATER)


async def test_equipment_cannot_be_in_two_places_in_the_past(
    session: AsyncSession, planner: Caller, town: UUID, light: UUID
) -> None:
    await registry.install(session, planner, light, scan(NEW), at=LATER, now=LATER)
    elsewhere = await make_light(session, planner, town, "PL-2")
    while_there = LATER - timedelta(days=1)
    with pytest.raises(StayOrderError):
        await registry.install(session, planner, elsewhere.id, scan(OLD), at=while_there, now=LATER)


async def test_the_future_is_not_noted(session: AsyncSession, planner: Caller, light: UUID) -> None:
    with pytest.raises(InvalidInputError, match="future"):
        await registry.install(session, planner, light, scan(NEW), at=LATER, now=AT)


async def test_a_light_point_with_equipment_in_it_cannot_be_removed(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    gone = {"state": AssetState.REMOVED}
    with pytest.raises(ConflictError, match="take it out first"):
        await registry.change_light_point(session, planner, light, gone, at=LATER)


async def test_crews_swap_and_viewers_do_not(
    session: AsyncSession, town: UUID, light: UUID
) -> None:
    viewer, crew = caller(town, roles=(Role.SEE,)), caller(town, roles=(Role.WORK,))
    with pytest.raises(ForbiddenError):
        await registry.install(session, viewer, light, scan(NEW), at=LATER, now=LATER)
    await registry.install(session, crew, light, scan(NEW), at=LATER, now=LATER)


async def test_a_strangers_equipment_cannot_be_taken(
    session: AsyncSession, planner: Caller, stranger: Caller, light: UUID
) -> None:
    (elsewhere,) = stranger.organisation_ids
    await make_controller(session, stranger, elsewhere, "70b3d5e75e0000ff")
    with pytest.raises(NotFoundError):
        await registry.install(
            session, planner, light, scan("70b3d5e75e0000ff"), at=LATER, now=LATER
        )


async def test_the_database_refuses_a_second_open_stay(
    session: AsyncSession, planner: Caller, town: UUID, light: UUID
) -> None:
    (spare,) = await registry.controllers(session, planner, address=NEW)
    with pytest.raises(IntegrityError, match="uq_installation_open_place"):
        await session.execute(STAY, {"id": new_id(), "place": light, "piece": spare.id, "at": AT})


async def test_the_database_refuses_equipment_that_does_not_exist(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-2")
    with pytest.raises(IntegrityError, match="fk_installation_controller_id"):
        await session.execute(STAY, {"id": new_id(), "place": made.id, "piece": new_id(), "at": AT})


STAY = sa.text(
    "INSERT INTO installation (id, light_point_id, kind, equipment_id, installed_at, reason) "
    "VALUES (:id, :place, 'controller', :piece, :at, '')"
)


async def test_a_luminaire_brings_its_type(
    session: AsyncSession, planner: Caller, town: UUID, light: UUID
) -> None:
    new_type = NewLuminaireType(maker="Acme", model="Rue", rated_power_w=42.0, cct_k=2200)
    its_type = await registry.create_luminaire_type(session, planner, new_type, at=AT)
    new = NewLuminaire(organisation_id=town, type_id=its_type.id, serial="LU-9")
    await registry.create_luminaire(session, planner, new, at=AT)
    choice = Choice(EquipmentKind.LUMINAIRE, scanned="LU-9")
    await registry.install(session, planner, light, choice, at=LATER, now=LATER)
    shown = await registry.light_point(session, planner, light)
    assert shown.luminaire is not None
    assert (shown.luminaire.serial, shown.luminaire.type.rated_power_w) == ("LU-9", 42.0)
    assert shown.controller is not None
