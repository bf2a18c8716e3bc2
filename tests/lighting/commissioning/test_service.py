"""From a stranger's first frame to an accepted light, and back."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Role
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from lighting.commissioning import replaying, self_test, service
from lighting.commissioning.model import CommissioningState, DeviceState
from lighting.commissioning.rules import (
    LEVEL_TIME_MAX,
    CommissioningMoveError,
    canonical,
)
from lighting.control import handover
from lighting.control import service as control
from lighting.control.model import Order, Target
from lighting.registry import service as registry
from lighting.registry.model import AssetState, EquipmentInstalled
from tests.lighting.commissioning.town import (
    ADDRESS,
    NETWORK,
    OTHER_ADDRESS,
    SECOND,
    Town,
    build_town,
    echo,
)
from tests.lighting.faults.samples import NIGHT, QUARTER
from tests.lighting.ingest.field import usage
from tests.lighting.registry.towns import caller, make_town

LATER = NIGHT + QUARTER


@pytest.fixture
async def town(session: AsyncSession) -> Town:
    return await build_town(session)


async def count(session: AsyncSession, table: str, where: str = "true") -> int:
    return await session.scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {where}")) or 0


async def test_one_act_registers_installs_and_takes_in_what_waited(town: Town) -> None:
    await town.hear(usage(address=ADDRESS), usage(NIGHT + QUARTER, address=ADDRESS))
    done = await town.commission(now=LATER)
    row = await service.commissioning(town.session, town.people, done)
    controller = await registry.controller(town.session, town.people, row.controller_id)
    assert (controller.address, controller.network) == (ADDRESS, NETWORK)
    assert (controller.profile, controller.light_point_code) == ("nas/ul20xx", "D000")
    assert (await town.device()).state is DeviceState.COMMISSIONED
    for expected in (2, 0):
        taken = await replaying.replay_of(town.session, town.ingests, controller.id, LATER)
        assert taken == expected
    assert await count(town.session, "reading") == 2
    await town.session.refresh(row)
    assert row.replayed_count == 2


async def test_a_planned_light_point_goes_into_service(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    await town.commission(light_point_id=town.lights[2].id)
    light = await registry.light_point(town.session, town.people, town.lights[2].id)
    assert light.state is AssetState.IN_SERVICE


async def test_a_controller_nobody_heard_yet_goes_up_by_its_label(town: Town) -> None:
    await town.commission(address=ADDRESS.upper(), network=NETWORK, profile="nas/ul20xx")
    light = await registry.light_point(town.session, town.people, town.lights[0].id)
    assert light.controller is not None
    assert light.controller.address == ADDRESS


async def test_a_new_controller_without_profile_is_refused(town: Town) -> None:
    with pytest.raises(InvalidInputError, match="profile"):
        await town.commission(address=ADDRESS, network=NETWORK)
    with pytest.raises(InvalidInputError, match="does not exist"):
        await town.commission(address=ADDRESS, network=NETWORK, profile="acme/none")


async def test_a_light_that_obeys_is_proven_and_returns_to_its_calendar(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    done = await town.commission()
    await self_test.start(town.session, town.people, done, now=LATER)
    await town.hear(usage(LATER + SECOND, address=ADDRESS), now=LATER + SECOND)
    for turn in range(3):
        await town.obey(LATER + 10 * turn * SECOND)
        await town.advance(LATER + (10 * turn + 5) * SECOND)
    row = await service.commissioning(town.session, town.people, done)
    steps = await service.steps(town.session, done)
    assert [(step.kind, step.state) for step in steps] == [
        ("on", "passed"),
        ("dim", "passed"),
        ("off", "passed"),
        ("reading", "passed"),
    ]
    assert row.state == CommissioningState.TESTED
    assert await count(town.session, "command", "state = 'active'") == 0
    assert steps[1].proof["confirmed_level_percent"] == 50


async def test_a_silent_light_fails_and_is_not_asked_for_more(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    done = await town.commission()
    await self_test.start(town.session, town.people, done, now=LATER)
    await town.send(LATER)
    late = LATER + LEVEL_TIME_MAX
    await town.advance(late)
    on, dim, off, reading = await service.steps(town.session, done)
    assert (on.state, dim.reason, off.reason) == ("failed", "not_tried", "not_tried")
    assert (on.reason, on.proof["order_attempts"]) == ("no_answer", 1)
    assert reading.state == "running"
    await town.advance(late + timedelta(hours=3))
    row = await service.commissioning(town.session, town.people, done)
    assert row.state == CommissioningState.FAILED
    assert await town.send(late) == []


async def test_a_test_is_proven_again_though_the_light_holds_that_level(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    done = await town.commission()
    await self_test.start(town.session, town.people, done, now=LATER)
    await town.obey(LATER)
    for turn in (20, 40, 80):
        await town.advance(LATER + LEVEL_TIME_MAX * turn)
    again = LATER + LEVEL_TIME_MAX * 81
    await self_test.start(town.session, town.people, done, now=again)
    assert [order.level_percent for order in await town.send(again)] == [100]


async def test_an_acceptance_is_signed_and_frozen(town: Town) -> None:
    done = await proven(town)
    row = await service.accept(
        town.session, town.people, done, signed_name="Anne Petit", remark="", now=LATER
    )
    assert row.record is not None
    assert row.record["light_point"]["code"] == "D000"
    assert [step["state"] for step in row.record["test"]] == ["passed"] * 4
    assert row.record_sha256 == hashlib.sha256(canonical(row.record)).hexdigest()
    with pytest.raises(CommissioningMoveError, match="final"):
        await service.refuse(town.session, town.people, done, reason="late", now=LATER)


async def test_a_failed_light_is_accepted_with_reservations_only(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    done = await town.commission()
    await self_test.start(town.session, town.people, done, now=LATER)
    await town.advance(LATER + timedelta(hours=1))
    await town.advance(LATER + timedelta(hours=5))
    sign = {"signed_name": "Anne Petit", "now": LATER}
    with pytest.raises(InvalidInputError, match="reservations"):
        await service.accept(town.session, town.people, done, remark=" ", **sign)
    row = await service.accept(
        town.session, town.people, done, remark="gateway to be mended", **sign
    )
    assert row.record is not None
    assert row.record["reservations"] == "gateway to be mended"


async def test_a_refused_light_is_tested_again(town: Town) -> None:
    done = await proven(town)
    await service.refuse(town.session, town.people, done, reason="it blinks", now=LATER)
    row = await self_test.start(town.session, town.people, done, now=LATER)
    assert row.state == CommissioningState.TESTING


async def test_the_wrong_column_is_left_again(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    done = await town.commission()
    await service.withdraw(town.session, town.people, done, reason="wrong one", now=LATER)
    light = await registry.light_point(town.session, town.people, town.lights[0].id)
    assert light.controller is None
    assert (await town.device()).state is DeviceState.NEW
    await town.commission(light_point_id=town.lights[1].id, now=LATER)


async def test_a_swap_ends_the_commissioning_of_what_came_down(town: Town) -> None:
    await town.hear(usage(address=ADDRESS), usage(address=OTHER_ADDRESS))
    first = await town.commission()
    other = await town.device(OTHER_ADDRESS)
    second = await town.commission(discovered_device_id=other.id, now=LATER)
    rows = {
        row.id: row
        for row in await service.commissionings(
            town.session, town.people, state=None, light_point_id=None, after=None, limit=10
        )
    }
    assert rows[first].state == CommissioningState.WITHDRAWN
    assert rows[second].replaced_controller_id == rows[first].controller_id


async def test_after_a_swap_the_level_is_ordered_from_the_new_controller(town: Town) -> None:
    await town.hear(usage(address=ADDRESS), usage(address=OTHER_ADDRESS))
    await town.commission()
    (order,) = await commanded(town, LATER)
    await town.hear(echo(order, LATER + SECOND), now=LATER + SECOND)
    assert await town.send(LATER + 2 * SECOND) == []
    other = await town.device(OTHER_ADDRESS)
    await town.commission(discovered_device_id=other.id, now=LATER + 3 * SECOND)
    for _ in range(2):  # a reaction may run twice
        for event in await installed_events(town.session):
            await handover.note_installed(town.session, event, LATER + 3 * SECOND)
    orders = await town.send(LATER + 4 * SECOND)
    assert [(one.address, one.level_percent) for one in orders] == [(OTHER_ADDRESS, 70)]


async def test_who_works_elsewhere_puts_nothing_up_and_who_works_accepts_nothing(
    town: Town,
) -> None:
    done = await proven(town)
    stranger = caller(await make_town(town.session, "Ailleurs"))
    with pytest.raises(NotFoundError):
        await service.commissioning(town.session, stranger, done)
    worker = caller(town.id, roles=(Role.WORK,))
    with pytest.raises(ForbiddenError):
        await service.accept(
            town.session, worker, done, signed_name="Luc Noir", remark="", now=LATER
        )


async def proven(town: Town) -> UUID:
    """A light that proved all it was asked for."""
    await town.hear(usage(address=ADDRESS))
    done = await town.commission()
    await self_test.start(town.session, town.people, done, now=LATER)
    await town.hear(usage(LATER + SECOND, address=ADDRESS), now=LATER + SECOND)
    for turn in range(3):
        await town.obey(LATER + 10 * turn * SECOND)
        await town.advance(LATER + (10 * turn + 5) * SECOND)
    return done


async def commanded(town: Town, now: datetime) -> list[Order]:
    """The light is told 70 %, and the order leaves."""
    await control.create_command(
        town.session,
        town.people,
        target=Target(light_point_ids=(town.lights[0].id,)),
        level_percent=70,
        reason="fair",
        now=now,
        duration=timedelta(hours=1),
    )
    return await town.send(now)


async def installed_events(session: AsyncSession) -> list[EquipmentInstalled]:
    """What the registry told of controllers that went up."""
    await session.flush()
    rows = await session.scalars(
        sa.text("SELECT payload FROM outbox_event WHERE type = 'EquipmentInstalled' ORDER BY id")
    )
    return [msgspec.convert(row, EquipmentInstalled) for row in rows]
