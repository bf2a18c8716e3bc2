"""Readings become alarms, alarms end by themselves, whatever is repeated, late or restarted."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import StatusFlag
from kit.access import service as access
from kit.access.model import Caller, OrganisationKind
from kit.ids import new_id
from lighting.faults import service
from lighting.faults.lights import Lights
from lighting.faults.model import Light
from lighting.faults.tables import Alarm
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Reading, Sighting
from tests.lighting.faults.samples import DAY, NIGHT, QUARTER, SameLevel, light

LIT, OFF = SameLevel(100), SameLevel(0)


@pytest.fixture
async def lamp(session: AsyncSession) -> Light:
    """A 64 W lamp in service since the beginning of the year."""
    organisation = await access.create_organisation(
        session, Caller.system(), at=NIGHT, name="Dijon", kind=OrganisationKind.MUNICIPALITY
    )
    await session.flush()
    return light(1, organisation.id)


async def judge(
    session: AsyncSession,
    lamp: Light,
    powers_w: list[float | None],
    *,
    since: datetime = NIGHT,
    expected: SameLevel = LIT,
    step: timedelta = QUARTER,
    **quantities: Any,
) -> None:
    """One batch for each power, a quarter of an hour apart, as the ingest would hand them over."""
    for turn, power_w in enumerate(powers_w):
        at = since + turn * step
        reading = Reading(lamp.controller_key, at, active_power_w=power_w, **quantities)
        heard = Sighting(lamp.controller_key, at)
        await service.evaluate(session, Lights([lamp]), [reading], [heard], expected, at)


async def alarms(session: AsyncSession) -> list[tuple[str, str, int, bool]]:
    rows = await session.scalars(sa.select(Alarm).order_by(sa.text("raised_at, cause")))
    return [(a.cause, a.urgency, a.evidence_count, a.cleared_at is not None) for a in rows.all()]


async def events(session: AsyncSession) -> list[str]:
    rows = await session.scalars(sa.text("SELECT type FROM outbox_event ORDER BY id"))
    return list(rows.all())


async def test_a_dark_lamp_has_one_alarm_with_its_evidence(
    session: AsyncSession, lamp: Light
) -> None:
    await judge(session, lamp, [0.9] * 5)
    assert await alarms(session) == [("lamp_failure", "U4", 3, False)]
    assert await events(session) == ["AlarmRaised"]
    (alarm,) = await service.open_alarms_of(session, [lamp.light_point_id])
    assert [sample["active_power_w"] for sample in alarm.evidence] == [0.9] * 3
    assert alarm.evidence[0]["expected_power_w"] == 64.0
    assert alarm.raised_at == NIGHT + 2 * QUARTER


async def test_a_healthy_lamp_has_none(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [64.0, 62.5, 65.0, None, 64.0])
    await judge(session, lamp, [1.2, 0.8], since=DAY, expected=OFF)
    assert await alarms(session) == []
    assert await session.scalar(sa.text("SELECT count(*) FROM fault_watch")) == 0


async def test_a_lamp_whose_level_nobody_knows_has_none(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [0.9] * 5, expected=SameLevel(-1))
    assert await alarms(session) == []


async def test_a_level_just_taken_is_not_judged(session: AsyncSession, lamp: Light) -> None:
    await judge(
        session, lamp, [0.9] * 5, step=timedelta(minutes=1), expected=SameLevel(100, since=NIGHT)
    )
    assert await session.scalar(sa.text("SELECT count(*) FROM fault_watch")) == 0


async def test_a_repaired_lamp_clears_its_alarm(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [0.9, 0.9, 0.9, 64.0, 64.0])
    assert await alarms(session) == [("lamp_failure", "U4", 1, True)]
    assert await events(session) == ["AlarmRaised", "AlarmCleared"]
    assert await session.scalar(sa.text("SELECT count(*) FROM fault_watch")) == 0


async def test_a_second_night_makes_it_urgent(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [0.9] * 4)
    await judge(session, lamp, [0.9] * 2, since=NIGHT + timedelta(days=1))
    assert await alarms(session) == [("lamp_failure", "U3", 4, False)]
    assert await events(session) == ["AlarmRaised", "AlarmEscalated"]


async def test_the_gears_own_word_is_believed(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [None] * 3, flags=int(StatusFlag.LAMP_FAILURE))
    assert [alarm[0] for alarm in await alarms(session)] == ["lamp_failure"]


async def test_a_day_burner_is_found_after_half_an_hour(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [64.0, 64.0], since=DAY, expected=OFF)
    assert await alarms(session) == []
    await judge(session, lamp, [64.0], since=DAY + 2 * QUARTER, expected=OFF)
    assert await alarms(session) == [("lamp_unexpected_on", "U4", 1, False)]


async def test_half_the_power_is_power_too_low(session: AsyncSession, lamp: Light) -> None:
    await judge(session, lamp, [33.0] * 3)
    assert await alarms(session) == [("lamp_power_too_low", "U3", 2, False)]


async def test_in_the_first_night_there_are_only_warnings(
    session: AsyncSession, lamp: Light
) -> None:
    new = light(2, lamp.organisation_id, installed_at=NIGHT - timedelta(hours=2))
    await judge(session, new, [0.9] * 5)
    assert await alarms(session) == []
    warned = await session.scalars(sa.text("SELECT kind FROM device_event"))
    assert warned.all() == ["first_night_warning"]
    await judge(session, new, [0.9], since=NIGHT + timedelta(days=1))
    assert [alarm[0] for alarm in await alarms(session)] == ["lamp_failure"]


async def test_buffered_readings_are_judged_in_order_of_time(
    session: AsyncSession, lamp: Light
) -> None:
    """One batch of a whole evening, shuffled: dark, repaired, dark for one report."""
    powers_w = [0.9, 0.9, 0.9, 64.0, 64.0, 0.9, 64.0]
    readings = [
        Reading(lamp.controller_key, NIGHT + turn * QUARTER, active_power_w=power_w)
        for turn, power_w in enumerate(powers_w)
    ]
    await service.evaluate(session, Lights([lamp]), readings[::-1], [], LIT, NIGHT)
    assert await alarms(session) == [("lamp_failure", "U4", 1, True)]
    assert await session.scalar(sa.text("SELECT count(*) FROM fault_watch")) == 0


async def test_readings_of_unknown_controllers_are_passed_over(
    session: AsyncSession, lamp: Light
) -> None:
    readings = [Reading(99, NIGHT, active_power_w=0.1)]
    assert await service.evaluate(session, Lights([lamp]), readings, [], LIT, NIGHT) == 0


async def test_a_silent_controller_is_found_and_comes_back_after_two_uplinks(
    session: AsyncSession, lamp: Light
) -> None:
    await telemetry.append_once(session, [], NIGHT, sightings=[Sighting(1, NIGHT)])
    lights = Lights([lamp])
    assert await service.find_silent(session, lights, NIGHT + 3 * QUARTER) == 0
    late = NIGHT + 4 * QUARTER
    assert await service.find_silent(session, lights, late) == 1
    assert await service.find_silent(session, lights, late + QUARTER) == 0
    assert await alarms(session) == [("communication_loss", "U4", 1, False)]
    await judge(session, lamp, [64.0], since=late + 2 * QUARTER)
    assert await alarms(session) == [("communication_loss", "U4", 1, False)]
    await judge(session, lamp, [64.0], since=late + 3 * QUARTER)
    assert await alarms(session) == [("communication_loss", "U4", 1, True)]


async def test_silence_into_a_second_night_asks_for_a_visit(
    session: AsyncSession, lamp: Light
) -> None:
    await telemetry.append_once(session, [], NIGHT, sightings=[Sighting(1, NIGHT)])
    lights = Lights([lamp])
    assert await service.find_silent(session, lights, NIGHT + 4 * QUARTER) == 1
    next_night = NIGHT + timedelta(days=1)
    assert await service.find_silent(session, lights, next_night) == 1
    assert await service.find_silent(session, lights, next_night + QUARTER) == 0
    assert await alarms(session) == [("communication_loss", "U3", 2, False)]
    assert (await events(session))[-1] == "AlarmEscalated"


async def test_silence_by_day_on_a_switched_feeder_is_normal(
    session: AsyncSession, lamp: Light
) -> None:
    switched = light(2, lamp.organisation_id, is_fed_by_day=False)
    dawn = NIGHT.replace(day=21, hour=7, minute=30)
    await telemetry.append_once(session, [], dawn, sightings=[Sighting(2, dawn)])
    lights = Lights([switched])
    assert await service.find_silent(session, lights, dawn + timedelta(hours=8)) == 0
    assert await service.find_silent(session, lights, dawn + timedelta(hours=10, minutes=30)) == 1


async def test_a_new_controller_ends_the_alarm_the_old_one_began(
    session: AsyncSession, lamp: Light
) -> None:
    await judge(session, lamp, [0.9] * 3)
    swapped = replace(lamp, controller_key=2, controller_id=new_id())
    await judge(session, swapped, [64.0, 64.0], since=NIGHT + timedelta(days=1))
    assert await alarms(session) == [("lamp_failure", "U4", 1, True)]


async def test_alarms_of_lights_taken_out_of_service_end(
    session: AsyncSession, lamp: Light
) -> None:
    await judge(session, lamp, [0.9] * 3)
    assert await service.forget_absent(session, Lights([lamp]), NIGHT + QUARTER) == 0
    other = light(2, lamp.organisation_id)
    assert await service.forget_absent(session, Lights([other]), NIGHT + timedelta(days=1)) == 1
    assert await alarms(session) == [("lamp_failure", "U4", 1, True)]
