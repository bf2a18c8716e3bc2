"""Alarms of cabinets, raised through the faults of the city."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from lighting.cabinets import service
from lighting.faults import service as faults
from lighting.faults.model import Cause
from tests.lighting.cabinets.armoire import (
    SYSTEM,
    Armoire,
    after,
    build,
    inputs,
    instant,
    make_ingest,
    relays,
    supply_lost,
    take,
)


@pytest.fixture
async def armoire(session: AsyncSession) -> Armoire:
    return await build(session)


async def alarms(session: AsyncSession, armoire: Armoire, status: str = "open") -> dict[str, str]:
    """Urgency by cause."""
    wanted = faults.AlarmFilter(status=status, cabinet_id=armoire.cabinet_id)
    found = await faults.alarms(session, SYSTEM, wanted)
    assert all(view.cabinet and view.cabinet["code"] == "ARM-1" for view in found)
    return {view.alarm.cause: view.alarm.urgency for view in found}


async def test_an_open_door_is_an_alarm_after_half_a_minute_and_ends_by_itself(
    session: AsyncSession, armoire: Armoire
) -> None:
    ingest = make_ingest()
    await take(session, inputs(1), inputs(1, at=after(seconds=20)), ingest=ingest)
    assert await alarms(session, armoire) == {}
    await take(session, inputs(1, at=after(seconds=30)), ingest=ingest)
    assert await alarms(session, armoire) == {"door_open": "U2"}
    await take(session, inputs(1, at=after(seconds=40)), ingest=ingest)
    (view,) = await faults.alarms(session, SYSTEM, faults.AlarmFilter())
    assert view.alarm.evidence[0]["contacts"] == ["porte"]
    assert view.alarm.evidence_count == 1  # an alarm that stands is not told again at each poll
    await take(session, inputs(at=after(seconds=50)), inputs(at=after(seconds=90)), ingest=ingest)
    assert await alarms(session, armoire) == {}
    assert await alarms(session, armoire, "cleared") == {"door_open": "U2"}


async def test_breaker_residual_current_and_supply_have_alarms_of_their_own(
    session: AsyncSession, armoire: Armoire
) -> None:
    ingest = make_ingest()
    await take(session, inputs(2, 3), inputs(2, 3, at=after(minutes=1)), ingest=ingest)
    assert await alarms(session, armoire) == {"breaker_tripped": "U1", "residual_current": "U1"}
    for minutes in (2, 3, 4):
        await take(session, supply_lost(at=after(minutes=minutes)), ingest=ingest)
    assert await alarms(session, armoire) == {"supply_loss": "U1"}


async def test_a_phase_that_is_gone_is_seen_by_the_meter(
    session: AsyncSession, armoire: Armoire
) -> None:
    ingest = make_ingest()
    for minutes in range(3):
        frame = instant(voltages_v=(230, 4, 231), at=after(minutes=minutes))
        await take(session, frame, ingest=ingest)
    assert await alarms(session, armoire) == {"phase_loss": "U1"}
    (view,) = await faults.alarms(session, SYSTEM, faults.AlarmFilter(cause=Cause.PHASE_LOSS))
    assert view.alarm.evidence[0]["phases"] == ["L2"]


async def test_a_contactor_that_does_not_follow_is_stuck(
    session: AsyncSession, armoire: Armoire
) -> None:
    ingest = make_ingest()
    told: list[datetime] = [after(seconds=seconds) for seconds in (0, 10, 20, 30, 40)]
    for at in told[:3]:
        await take(session, relays(1, at=at), inputs(at=at), ingest=ingest)
    assert await alarms(session, armoire) == {}
    for at in told[3:]:
        await take(session, relays(1, at=at), inputs(at=at), ingest=ingest)
    assert await alarms(session, armoire) == {"contactor_stuck": "U2"}


async def test_time_passes_over_a_suspicion_though_nobody_speaks(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(session, inputs(1))
    await service.supervise(session, after(seconds=20))
    assert await alarms(session, armoire) == {}
    await service.supervise(session, after(seconds=40))
    assert await alarms(session, armoire) == {"door_open": "U2"}


async def test_a_silent_device_is_lost_until_it_speaks(
    session: AsyncSession, armoire: Armoire
) -> None:
    ingest = make_ingest()
    await take(session, inputs(), instant(), ingest=ingest)
    await service.supervise(session, after(minutes=4))
    assert await alarms(session, armoire) == {}
    for _ in range(2):
        await service.supervise(session, after(minutes=6))
    wanted = faults.AlarmFilter(cabinet_id=armoire.cabinet_id)
    lost = await faults.alarms(session, SYSTEM, wanted)
    assert {(view.alarm.cause, view.alarm.asset_id) for view in lost} == {
        ("communication_loss", armoire.relays.controller_id),
        ("communication_loss", armoire.meter.controller_id),
    }
    await take(session, inputs(at=after(minutes=7)), ingest=ingest)
    (left,) = await faults.alarms(session, SYSTEM, wanted)
    assert left.alarm.asset_id == armoire.meter.controller_id


async def test_what_has_gone_silent_neither_raises_nor_ends_an_alarm(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(session, inputs(1))
    await service.supervise(session, after(minutes=10))
    assert "door_open" not in await alarms(session, armoire)
