"""The directory: all that the hot path needs, and how workers follow its changes."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.registry import service as registry
from lighting.registry.model import AssetState, EquipmentKind
from lighting.registry.service import Choice, NewLuminaire, NewLuminaireType
from tests.lighting.registry.towns import AT, make_controller, make_light

ADDRESS = "70b3d5e75e000001"
LATER = AT + timedelta(days=1)
SCAN = Choice(EquipmentKind.CONTROLLER, scanned=ADDRESS)


@pytest.fixture
async def light(session: AsyncSession, planner: Caller, town: UUID) -> UUID:
    made = await make_light(session, planner, town, "PL-1", state=AssetState.IN_SERVICE)
    await make_controller(session, planner, town, ADDRESS)
    await registry.install(session, planner, made.id, SCAN, at=AT, now=AT)
    return made.id


async def test_an_installed_controller_is_in_the_directory(
    session: AsyncSession, town: UUID, light: UUID
) -> None:
    (ref,) = await registry.directory(session)
    assert (ref.address, ref.network, ref.profile) == (ADDRESS, "chirpstack:main", "nas/ul20xx")
    assert (ref.light_point_id, ref.organisation_id, ref.cabinet_id) == (light, town, None)
    assert (ref.lon_deg, ref.lat_deg, ref.timezone) == (3.8771, 43.6089, "Europe/Paris")
    assert (ref.rated_power_w, ref.level_min_percent) == (None, 0)
    assert ref.expected_period_s == 900
    assert ref.in_service


async def test_a_controller_in_stock_is_not(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await make_controller(session, planner, town, ADDRESS)
    assert await registry.directory(session) == []


async def test_nothing_changed_means_nothing_to_do(session: AsyncSession, light: UUID) -> None:
    known = await registry.revision(session)
    changes = await registry.changes_since(session, known)
    assert (changes.revision, changes.present, changes.absent_keys) == (known, (), frozenset())


async def test_a_changed_light_point_comes_back_with_its_controller(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    known = await registry.revision(session)
    off = {"state": AssetState.OUT_OF_SERVICE}
    await registry.change_light_point(session, planner, light, off, at=LATER)
    changes = await registry.changes_since(session, known)
    assert [ref.in_service for ref in changes.present] == [False]
    assert changes.absent_keys == frozenset()
    assert (await registry.changes_since(session, changes.revision)).present == ()


async def test_a_new_luminaire_changes_the_rated_power(
    session: AsyncSession, planner: Caller, town: UUID, light: UUID
) -> None:
    known = await registry.revision(session)
    new_type = NewLuminaireType(model="Rue", rated_power_w=42.0, level_min_percent=10)
    its_type = await registry.create_luminaire_type(session, planner, new_type, at=AT)
    piece = await registry.create_luminaire(
        session, planner, NewLuminaire(organisation_id=town, type_id=its_type.id), at=AT
    )
    choice = Choice(EquipmentKind.LUMINAIRE, equipment_id=piece.id)
    await registry.install(session, planner, light, choice, at=LATER, now=LATER)
    (ref,) = (await registry.changes_since(session, known)).present
    assert (ref.rated_power_w, ref.level_min_percent) == (42.0, 10)


async def test_a_controller_taken_out_is_absent(
    session: AsyncSession, planner: Caller, light: UUID
) -> None:
    (ref,) = await registry.directory(session)
    known = await registry.revision(session)
    kind = EquipmentKind.CONTROLLER
    await registry.remove(session, planner, light, kind, at=LATER, now=LATER)
    changes = await registry.changes_since(session, known)
    assert (list(changes.present), changes.absent_keys) == ([], {ref.controller_key})


async def test_targets_are_lights_in_service_the_caller_may_see(
    session: AsyncSession, planner: Caller, stranger: Caller, town: UUID, light: UUID
) -> None:
    await make_light(session, planner, town, "PL-2", state=AssetState.PLANNED)
    targets = await registry.target_lights(session, planner, organisation_id=town)
    assert [target.light_point_id for target in targets] == [light]
    assert targets[0].controller_key is not None
    assert await registry.target_lights(session, stranger, organisation_id=town) == []
    assert await registry.target_lights(session, planner, light_point_ids=[light]) == targets
