"""The estate as of any past date."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import NotFoundError
from lighting.registry import service as registry
from lighting.registry.history.model import difference
from lighting.registry.model import AssetState, EquipmentKind
from lighting.registry.service import Choice
from tests.lighting.registry.towns import AT, make_controller, make_light

DAY = timedelta(days=1)


async def test_the_past_answers_the_same_whatever_happened_since(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    asked = await registry.as_of(session, planner, made.id, AT + DAY)
    await registry.change_light_point(
        *(session, planner, made.id, {"street": "Quai", "state": AssetState.IN_SERVICE}),
        at=AT + 2 * DAY,
    )
    assert await registry.as_of(session, planner, made.id, AT + DAY) == asked
    later = await registry.as_of(session, planner, made.id, AT + 3 * DAY)
    assert difference(asked, later) == {
        "street": ("Rue de l'Église", "Quai"),
        "state": (AssetState.PLANNED, AssetState.IN_SERVICE),
    }


async def test_before_it_was_known_there_is_no_answer(
    session: AsyncSession, planner: Caller, stranger: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    with pytest.raises(NotFoundError):
        await registry.as_of(session, planner, made.id, AT - DAY)
    with pytest.raises(NotFoundError):
        await registry.as_of(session, stranger, made.id, AT + DAY)


async def test_history_names_the_equipment(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    await make_controller(session, planner, town, "70b3d5e75e000001")
    choice = Choice(EquipmentKind.CONTROLLER, scanned="70b3d5e75e000001")
    await registry.install(session, planner, made.id, choice, at=AT + DAY, now=AT + DAY)
    installed, created = await registry.changes(session, planner, made.id)
    assert (created.action, created.before) == ("create", None)
    assert installed.action == "install_controller"
    assert difference(installed.before, installed.after) == {
        "controller_address": (None, "70b3d5e75e000001"),
        "controller_network": (None, "chirpstack:main"),
        "controller_profile": (None, "nas/ul20xx"),
        "controller_period_s": (None, 900),
    }
