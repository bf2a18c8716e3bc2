"""The street follows its programme, commands and confirmations through every tick."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import InvalidInputError, NotFoundError
from lighting.control import deliveries, reconciliation, sending, service
from lighting.control.expected import expected_levels
from lighting.control.model import (
    ORDER_AGE_MAX,
    AssignmentScope,
    ControlledLight,
    LevelAcknowledgement,
    Order,
    Refusal,
    Target,
)
from lighting.control.plan import LightPlan
from lighting.control.rules import RETRY_FIRST
from lighting.control.sending import Address
from lighting.control.tables import Command, CommandDelivery
from schedules.library import sample
from schedules.library import service as library
from tests.lighting.energy.estate import Light, add_cabinet, add_lights, add_organisation

SYSTEM = Caller.system("test")
# Dijon in November: dark at 20:00 UTC, light at 11:00 UTC.
NIGHT = datetime(2026, 11, 20, 20, tzinfo=UTC)
DAY = datetime(2026, 11, 20, 11, tzinfo=UTC)


class Street:
    """A small estate under one calendar, moved by hand."""

    def __init__(self, session: AsyncSession, lights: list[Light], plan: LightPlan) -> None:
        self.session = session
        self.lights = lights
        self.plan = plan
        self.by_key = {
            light.controller_key: ControlledLight(light.id, plan.lights[0].organisation_id)
            for light in lights
        }

    async def tick(self, now: datetime) -> reconciliation.TickReport:
        return await reconciliation.tick(self.session, self.plan, now)

    async def send(self, now: datetime) -> list[Order]:
        addresses = {key: Address(f"{key:x}", "chirpstack:1", "nas/ul20xx") for key in self.by_key}
        return list(await sending.hand_out(self.session, addresses, now, timedelta(minutes=10)))

    async def echo(self, orders: list[Order], at: datetime) -> None:
        await reconciliation.note_acknowledgements(
            self.session,
            self.by_key,
            [LevelAcknowledgement(one.controller_key, one.level_percent, at) for one in orders],
        )

    async def report(self, level_percent: int, at: datetime) -> None:
        await reconciliation.note_reported(
            self.session,
            self.by_key,
            [LevelAcknowledgement(key, level_percent, at) for key in self.by_key],
        )

    async def states(self) -> list[str]:
        query = sa.select(CommandDelivery.state).order_by(  # type: ignore[call-overload]
            CommandDelivery.created_at, CommandDelivery.id
        )
        return list((await self.session.scalars(query)).all())

    async def settle(self, now: datetime) -> None:
        """Tick, send and let every controller confirm."""
        await self.tick(now)
        await self.echo(await self.send(now), now + timedelta(seconds=2))


@pytest.fixture
async def street(session: AsyncSession) -> Street:
    organisation_id = await add_organisation(session, DAY)
    cabinet_id = await add_cabinet(session, organisation_id, DAY, "ARM-1")
    lights = await add_lights(session, organisation_id, DAY, 3, cabinet_id)
    calendar_id = await library.install(
        session, SYSTEM, organisation_id, sample("permanent"), now=DAY
    )
    await service.assign_calendar(
        session,
        SYSTEM,
        scope=AssignmentScope.CABINET,
        scope_id=cabinet_id,
        calendar_id=calendar_id,
        now=DAY,
    )
    return Street(session, lights, await service.load_plan(session))


async def command(street: Street, level_percent: int, now: datetime, minutes: int = 60) -> Command:
    return await service.create_command(
        street.session,
        SYSTEM,
        target=Target(light_point_ids=tuple(light.id for light in street.lights)),
        level_percent=level_percent,
        reason="works in the street",
        now=now,
        duration=timedelta(minutes=minutes),
    )


async def test_at_dusk_every_light_gets_one_order_and_echoes_end_it(street: Street) -> None:
    assert (await street.tick(NIGHT)).orders_queued == 3
    assert (await street.tick(NIGHT)).orders_queued == 0
    orders = await street.send(NIGHT)
    assert [order.level_percent for order in orders] == [100, 100, 100]
    await street.echo(orders, NIGHT + timedelta(seconds=2))
    assert await street.states() == ["acknowledged"] * 3
    assert (await street.tick(NIGHT + timedelta(minutes=1))).orders_queued == 0


async def test_a_later_report_shows_the_level_applied(street: Street) -> None:
    await street.settle(NIGHT)
    await street.report(100, NIGHT + timedelta(minutes=5))
    assert await street.states() == ["applied"] * 3


async def test_a_lamp_that_forgot_its_level_is_corrected(street: Street) -> None:
    await street.settle(NIGHT)
    await street.report(30, NIGHT + timedelta(minutes=5))
    assert (await street.tick(NIGHT + timedelta(minutes=6))).orders_queued == 3


async def test_an_old_report_does_not_undo_a_newer_echo(street: Street) -> None:
    await street.settle(NIGHT)
    await street.report(0, NIGHT - timedelta(minutes=5))
    assert (await street.tick(NIGHT + timedelta(minutes=1))).orders_queued == 0


async def test_a_lost_order_is_sent_again_after_its_pause_only(street: Street) -> None:
    await street.tick(NIGHT)
    assert len(await street.send(NIGHT)) == 3
    assert await street.send(NIGHT + RETRY_FIRST - timedelta(seconds=1)) == []
    again = await street.send(NIGHT + RETRY_FIRST)
    assert [order.attempts for order in again] == [1, 1, 1]


async def test_an_order_too_old_is_given_up_and_never_sent(street: Street) -> None:
    await street.tick(NIGHT)
    await street.send(NIGHT)
    late = NIGHT + ORDER_AGE_MAX
    assert await street.send(late) == []
    assert (await street.tick(late)).orders_given_up == 3
    assert await street.states() == ["expired"] * 3
    rested = late + deliveries.REST_AFTER_FAILURE + timedelta(seconds=1)
    assert (await street.tick(rested)).orders_queued == 3


async def test_the_newest_level_wins_over_an_order_under_way(street: Street) -> None:
    await street.tick(NIGHT)
    await street.send(NIGHT)
    await command(street, 40, NIGHT + timedelta(seconds=5))
    await street.tick(NIGHT + timedelta(seconds=10))
    assert sorted(await street.states()) == ["queued"] * 3 + ["superseded"] * 3


async def test_an_expired_command_leaves_no_trace_on_the_lamp(street: Street) -> None:
    await street.settle(NIGHT)
    made = await command(street, 40, NIGHT + timedelta(minutes=1), minutes=30)
    await street.settle(NIGHT + timedelta(minutes=2))
    back_at = NIGHT + timedelta(minutes=31)
    report = await street.tick(back_at)
    assert (report.commands_ended, report.orders_queued) == (1, 3)
    assert [order.level_percent for order in await street.send(back_at)] == [100] * 3
    counts = await service.delivery_counts(street.session, [made.id])
    assert counts[made.id] == {"acknowledged": 3}


async def test_an_order_never_outlives_its_command(street: Street) -> None:
    await street.settle(NIGHT)
    await command(street, 40, NIGHT + timedelta(minutes=1), minutes=5)
    await street.tick(NIGHT + timedelta(minutes=2))
    assert await street.send(NIGHT + timedelta(minutes=6)) == []


async def test_a_cancelled_command_gives_the_light_back(street: Street) -> None:
    await street.settle(NIGHT)
    made = await command(street, 0, NIGHT + timedelta(minutes=1))
    await street.tick(NIGHT + timedelta(minutes=2))
    await service.cancel_command(street.session, SYSTEM, made.id, NIGHT + timedelta(minutes=3))
    assert (await street.tick(NIGHT + timedelta(minutes=4))).orders_queued == 0
    with pytest.raises(service.CommandEndedError):
        await service.cancel_command(street.session, SYSTEM, made.id, NIGHT + timedelta(minutes=5))


async def test_a_refused_order_rests_before_it_is_tried_again(street: Street) -> None:
    await street.tick(NIGHT)
    await street.send(NIGHT)
    refused = [Refusal(key, "parse_error", NIGHT) for key in street.by_key]
    await reconciliation.note_refusals(street.session, street.by_key, refused, NIGHT)
    assert await street.states() == ["rejected"] * 3
    assert (await street.tick(NIGHT + timedelta(minutes=1))).orders_queued == 0


async def test_a_late_reading_is_judged_by_the_level_of_its_moment(street: Street) -> None:
    await street.settle(NIGHT)
    await command(street, 40, NIGHT + timedelta(minutes=10))
    await street.settle(NIGHT + timedelta(minutes=11))
    one = street.lights[0].id
    instants = [
        NIGHT - timedelta(hours=1),
        NIGHT + timedelta(minutes=5),
        NIGHT + timedelta(hours=1),
    ]
    levels = await expected_levels(street.session, [one] * 3, instants)
    assert levels.tolist() == [-1, 100, 40]


async def test_while_an_order_is_unanswered_nobody_knows_the_level(street: Street) -> None:
    await street.settle(NIGHT)
    await command(street, 40, NIGHT + timedelta(minutes=10))
    await street.tick(NIGHT + timedelta(minutes=11))
    orders = await street.send(NIGHT + timedelta(minutes=11))
    one = street.lights[0].id
    before, under_way = NIGHT + timedelta(minutes=5), NIGHT + timedelta(minutes=20)
    levels = await expected_levels(street.session, [one] * 2, [before, under_way])
    assert levels.tolist() == [100, -1]
    await street.echo(orders, NIGHT + timedelta(minutes=15))
    levels = await expected_levels(street.session, [one] * 2, [before, under_way])
    assert levels.tolist() == [100, 40]


async def test_strangers_and_unknown_lights_cannot_be_commanded(street: Street) -> None:
    stranger = Caller(None, "", "stranger")
    target = Target(light_point_ids=(street.lights[0].id,))
    with pytest.raises(NotFoundError):
        await service.preview(street.session, stranger, target)
    with pytest.raises(InvalidInputError):
        await service.preview(street.session, SYSTEM, Target())
