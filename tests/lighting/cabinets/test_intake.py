"""What devices of a cabinet say, from the frame to what is known of the cabinet."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame
from kit.db import raw
from lighting.cabinets import service
from lighting.cabinets.model import ContactRole
from tests.lighting.cabinets.armoire import (
    AT,
    METER,
    SYSTEM,
    Armoire,
    after,
    build,
    counter,
    inputs,
    instant,
    make_ingest,
    relays,
    take,
)


@pytest.fixture
async def armoire(session: AsyncSession) -> Armoire:
    return await build(session)


async def test_meter_and_contacts_are_known_by_what_they_mean(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(session, inputs(1, 5), relays(1), instant(1520.0), counter(12_345_670))
    live = await service.live(session, SYSTEM, armoire.cabinet_id, after(minutes=1))
    assert {one.channel.role: one.is_active for one in live.contacts[:5]} == {
        ContactRole.DOOR_OPEN: True,
        ContactRole.BREAKER_TRIPPED: False,
        ContactRole.RESIDUAL_CURRENT: False,
        ContactRole.SUPPLY_LOST: False,  # wired the other way round
        ContactRole.CONTACTOR_CLOSED: True,
    }
    ((device, meter),) = live.meters
    assert device.address == METER
    assert (meter.values.active_power_w, meter.values.active_energy_wh) == (1520.0, 12_345_670)
    assert meter.values.supply_voltage_v == (230.0, 230.0, 230.0)
    assert [view.actual and view.actual.is_active for view in live.contactors] == [True, False]
    assert {at for _, at in live.devices} == {AT}


async def test_blocks_of_one_minute_are_one_reading_and_a_repetition_changes_nothing(
    session: AsyncSession, armoire: Armoire
) -> None:
    frames = [
        instant(1500.0, at=after(seconds=5)),
        counter(1000, at=after(seconds=7)),
        instant(900.0, at=after(seconds=50)),
        instant(800.0, at=after(seconds=65)),
    ]
    for _ in range(2):
        await take(session, *frames)
    await take(session, *reversed(frames))
    rows = await service.readings(
        session, SYSTEM, armoire.cabinet_id, (AT, after(hours=1)), limit=10
    )
    assert [(row.at, row.values.active_power_w, row.values.active_energy_wh) for row in rows] == [
        (AT, 1500.0, 1000),
        (after(minutes=1), 800.0, None),
    ]


async def test_contacts_keep_when_they_changed_and_only_that(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(
        session,
        *(inputs(1, at=after(seconds=10 * turn)) for turn in range(4)),
        inputs(at=after(seconds=40)),
        inputs(1, at=after(seconds=20)),  # late: time is not turned back
    )
    connection = await raw(session)
    changes = await connection.fetch(
        """
        SELECT c.at, c.is_active FROM cabinet_contact_change c
        JOIN cabinet_channel h ON h.id = c.channel_id WHERE h.role = 'door_open' ORDER BY c.at
        """
    )
    assert [tuple(row) for row in changes] == [(AT, True), (after(seconds=40), False)]
    live = await service.live(session, SYSTEM, armoire.cabinet_id, after(minutes=1))
    (door,) = [one for one in live.contacts if one.channel.role is ContactRole.DOOR_OPEN]
    assert (door.is_active, door.since, door.seen_at) == (
        False,
        after(seconds=40),
        after(seconds=40),
    )


async def test_a_block_of_wrong_length_waits_in_quarantine_and_the_others_are_kept(
    session: AsyncSession, armoire: Armoire
) -> None:
    short = Frame(f"modbus/{METER}", b"\x01\x00\x00", AT)
    refused = Frame(f"modbus/{METER}", b"\x81\x02", AT)
    report = await make_ingest().handle(session, [short, refused, instant()], AT)
    assert report.refused == {"frame_truncated": 1, "registers_refused": 1}
    live = await service.live(session, SYSTEM, armoire.cabinet_id, after(minutes=1))
    assert live.meters[0][1].values.active_power_w == 1520.0


async def test_a_device_taken_out_is_unknown_again_and_its_readings_stay(
    session: AsyncSession, armoire: Armoire
) -> None:
    ingest = make_ingest()
    await take(session, instant(), ingest=ingest)
    await service.remove_device(
        session, SYSTEM, armoire.cabinet_id, armoire.meter.id, at=after(minutes=1)
    )
    report = await ingest.handle(session, [instant(at=after(minutes=2))], after(minutes=2))
    assert report.refused == {"unknown_controller": 1}
    rows = await service.readings(session, SYSTEM, armoire.cabinet_id, (AT, after(hours=1)))
    assert len(rows) == 1


async def test_energy_is_safe_against_a_reset_and_another_meter(
    session: AsyncSession, armoire: Armoire
) -> None:
    values = [1000, 1500, 2500, 100, 600]
    await take(
        session,
        *(counter(value, 50, at=after(minutes=15 * turn)) for turn, value in enumerate(values)),
    )
    imported, exported = await service.energy(
        session, SYSTEM, armoire.cabinet_id, (AT, after(hours=2))
    )
    assert imported == (500 + 1000 + 500, 1)
    assert exported == (0, 0)


async def test_the_step_of_the_meter_shows_a_dimming(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(
        session,
        *(instant(2000.0, at=after(minutes=minute)) for minute in range(5)),
        instant(1300.0, at=after(minutes=5, seconds=20)),  # while it happens
        *(instant(1000.0, at=after(minutes=minute)) for minute in range(6, 9)),
    )
    starts_at, ends_at = after(minutes=5, seconds=5), after(minutes=6)
    step = await service.power_step(session, armoire.cabinet_id, starts_at, ends_at)
    assert step is not None
    assert (step.before_w, step.after_w, step.step_w) == (2000.0, 1000.0, -1000.0)
    assert (step.samples_before, step.samples_after) == (5, 3)
    later = ends_at + timedelta(hours=1)
    assert await service.power_step(session, armoire.cabinet_id, starts_at, later) is None


async def test_what_meters_said_is_forgotten_after_its_time(
    session: AsyncSession, armoire: Armoire
) -> None:
    await take(session, instant(), inputs(1), instant(at=after(hours=2)))
    await service.forget(session, after(hours=1))
    span = (AT, after(hours=3))
    (left,) = await service.readings(session, SYSTEM, armoire.cabinet_id, span)
    assert left.at == after(hours=2)
    live = await service.live(session, SYSTEM, armoire.cabinet_id, after(hours=3))
    assert live.contacts  # what is known now stays
