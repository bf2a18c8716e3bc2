"""Nothing is kept before it is declared, nothing twice, nothing longer than was said."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller, Role
from kit.db import raw
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from lighting.ingest import replay
from lighting.sensors import service, telling
from lighting.sensors.model import UNREGISTERED, Channel, SensorFilter, SensorKind, Step
from lighting.sensors.service import DeclarationRefusedError, DeviceTakenError, SensorDeclaredError
from tests.lighting.ingest.field import ADDRESS, NIGHT, make_street
from tests.lighting.registry.towns import AT, caller, make_town
from tests.lighting.sensors.columns import (
    AIR_ADDRESS,
    TRAFFIC_ADDRESS,
    add_air,
    add_traffic,
    air,
    declare,
    make_ingest,
    traffic,
)

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


async def kept(session: AsyncSession) -> list[tuple[object, float | None]]:
    rows = await (await raw(session)).fetch("SELECT at, value FROM sensor_reading ORDER BY at")
    return [(row["at"], row["value"]) for row in rows]


async def waiting(session: AsyncSession) -> list[tuple[str, str, bool]]:
    rows = await (await raw(session)).fetch(
        "SELECT reason_code, address, organisation_id IS NOT NULL AS owned FROM quarantined_frame"
        " WHERE replayed_at IS NULL ORDER BY received_at"
    )
    return [tuple(row) for row in rows]


async def test_what_nobody_declared_waits_and_is_never_stored(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    await add_air(session, caller(town), town, AT)
    await make_ingest().handle(session, [air(NIGHT)], NIGHT)
    assert await kept(session) == []
    assert await waiting(session) == [(UNREGISTERED, AIR_ADDRESS, True)]


async def test_a_device_nobody_entered_is_a_stranger(session: AsyncSession) -> None:
    await make_ingest().handle(session, [air(NIGHT)], NIGHT)
    assert await kept(session) == []
    assert await waiting(session) == [("unknown_controller", AIR_ADDRESS, False)]


async def test_a_declared_value_is_stored_once_and_told(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_air(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT)
    ingest = make_ingest()
    for _ in range(2):
        await ingest.handle(session, [air(NIGHT), air(NIGHT)], NIGHT)
    assert await kept(session) == [(NIGHT, 1127.0)]
    assert await waiting(session) == []
    _, (period,) = await telling.periods(
        session, mayor, sensor.id, NIGHT - DAY, NIGHT, Step.QUARTER
    )
    assert (period.value, period.samples) == (1127.0, 1)
    (seen,) = await service.sensors(session, mayor, SensorFilter(), after=None, limit=10)
    assert seen.device.seen_at == NIGHT
    assert seen.device.battery_charge_percent == 100


async def test_what_waited_is_taken_in_once_it_is_declared(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_air(session, mayor, town, AT)
    ingest = make_ingest()
    await ingest.handle(session, [air(NIGHT)], NIGHT)
    await declare(session, mayor, device, SensorKind.AIR_QUALITY, NIGHT)
    (row,) = await (await raw(session)).fetch("SELECT id FROM quarantined_frame")
    outcome = await replay.replay(
        session, mayor, {ingest.network.kind: ingest}, row["id"], NIGHT + QUARTER
    )
    assert outcome.is_taken
    assert await kept(session) == [(NIGHT, 1127.0)]


async def test_a_frame_declared_in_part_is_kept_in_part(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_air(session, mayor, town, AT)
    await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT)
    await service.decline(session, mayor, device.id, frozenset(), at=AT)
    await make_ingest().handle(session, [air(NIGHT)], NIGHT)
    assert await kept(session) == [(NIGHT, 1127.0)]
    assert [code for code, _, _ in await waiting(session)] == [UNREGISTERED]


async def test_late_values_keep_their_instant_and_join_their_period(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_traffic(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.TRAFFIC_COUNT, AT)
    ingest = make_ingest()
    early, late = NIGHT - timedelta(minutes=10), NIGHT - timedelta(minutes=5)
    await ingest.handle(session, [traffic(late, 20)], NIGHT)
    await ingest.handle(session, [traffic(early, 30)], NIGHT + timedelta(hours=5))
    _, (period,) = await telling.periods(
        session, mayor, sensor.id, NIGHT - DAY, NIGHT, Step.QUARTER
    )
    assert (period.value, period.samples) == (50, 2)


async def test_single_counts_live_a_day_and_are_never_counted_twice(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_traffic(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.TRAFFIC_COUNT, AT)
    ingest = make_ingest()
    frame = traffic(NIGHT, 42)
    await ingest.handle(session, [frame], NIGHT)
    assert await service.forget(session, NIGHT + DAY) == 0
    assert await service.forget(session, NIGHT + DAY + QUARTER) == 1
    assert await kept(session) == [(NIGHT, None)]
    await ingest.handle(session, [frame], NIGHT + 2 * DAY)
    _, (period,) = await telling.periods(
        session, mayor, sensor.id, NIGHT - DAY, NIGHT + DAY, Step.QUARTER
    )
    assert period.value == 42


async def test_retention_is_enforced_and_older_values_do_not_come_back(
    session: AsyncSession,
) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_air(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT, retention_days=30)
    ingest = make_ingest()
    await ingest.handle(session, [air(NIGHT)], NIGHT)
    assert await service.forget(session, NIGHT + 29 * DAY) == 0
    assert await service.forget(session, NIGHT + 31 * DAY) == 2
    await ingest.handle(session, [air(NIGHT)], NIGHT + 31 * DAY)
    assert await kept(session) == []
    _, told = await telling.periods(
        session, mayor, sensor.id, NIGHT - DAY, NIGHT + DAY, Step.QUARTER
    )
    assert told == []


async def test_a_retired_sensor_takes_nothing_more(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_air(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT)
    ingest = make_ingest()
    await ingest.handle(session, [air(NIGHT)], NIGHT)
    await service.retire(session, mayor, sensor.id, at=NIGHT)
    await ingest.handle(session, [air(NIGHT + QUARTER)], NIGHT + QUARTER)
    assert len(await kept(session)) == 1
    with pytest.raises(NotFoundError):
        await service.sensor_of(session, mayor, sensor.id)


async def test_hours_add_counts_up_and_local_days_have_their_length(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_traffic(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.TRAFFIC_COUNT, AT)
    frames = [traffic(NIGHT + n * QUARTER, 10) for n in range(1, 9)]
    await make_ingest().handle(session, frames, NIGHT + DAY)
    span = (NIGHT - DAY, NIGHT + DAY)
    _, hours = await telling.periods(session, mayor, sensor.id, *span, Step.HOUR)
    assert sum(one.value or 0 for one in hours) == 80
    _, days = await telling.periods(session, mayor, sensor.id, *span, Step.DAY)
    assert sum(one.value or 0 for one in days) == 80


async def test_only_what_is_marked_publishable_is_published(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    open_one = await add_air(session, mayor, town, AT)
    secret = await add_traffic(session, mayor, town, AT)
    await declare(session, mayor, open_one, SensorKind.AIR_QUALITY, AT)
    await declare(session, mayor, secret, SensorKind.TRAFFIC_COUNT, AT, is_publishable=False)
    await make_ingest().handle(session, [air(NIGHT), traffic(NIGHT, 12)], NIGHT)
    ((sensor, periods),) = await telling.published(session, mayor, NIGHT - DAY, NIGHT)
    assert sensor.kind is SensorKind.AIR_QUALITY
    assert [one.value for one in periods] == [1127.0]
    with pytest.raises(InvalidInputError):
        await telling.published(session, mayor, NIGHT - 90 * DAY, NIGHT)


async def test_one_channel_one_declaration_one_address_one_device(session: AsyncSession) -> None:
    town = await make_town(session, "Lunel")
    mayor = caller(town)
    device = await add_air(session, mayor, town, AT)
    await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT)
    with pytest.raises(SensorDeclaredError):
        await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT)
    with pytest.raises(DeviceTakenError):
        await add_air(session, mayor, town, AT)
    with pytest.raises(DeclarationRefusedError):
        await declare(session, mayor, device, SensorKind.TRAFFIC_COUNT, AT, retention_days=0)


async def test_strangers_see_and_declare_nothing(session: AsyncSession) -> None:
    town, other = await make_town(session, "Lunel"), await make_town(session, "Sète")
    mayor, stranger = caller(town), caller(other)
    device = await add_air(session, mayor, town, AT)
    sensor = await declare(session, mayor, device, SensorKind.AIR_QUALITY, AT)
    assert await service.sensors(session, stranger, SensorFilter(), after=None, limit=10) == []
    assert await service.devices(session, stranger, after=None, limit=10) == []
    for attempt in (
        service.sensor_of(session, stranger, sensor.id),
        service.retire(session, stranger, sensor.id, at=AT),
        declare(session, stranger, device, SensorKind.AIR_QUALITY, AT),
        service.decline(session, stranger, device.id, frozenset(), at=AT),
    ):
        with pytest.raises(NotFoundError):
            await attempt
    onlooker = Caller(None, "o@example.org", "O", roles={Role.SEE: frozenset({town})})
    with pytest.raises(ForbiddenError):
        await declare(session, onlooker, device, SensorKind.AIR_QUALITY, AT)


async def test_a_controller_of_a_light_is_no_sensor_device(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    town = await make_town(session, "Lunel")
    with pytest.raises(DeviceTakenError):
        await add_air(session, caller(town), town, AT, address=ADDRESS)


def test_channels_are_written_as_they_are_read() -> None:
    for text in ("co2_ppm", "vehicle_count/left", "person_count/line 1 in"):
        assert str(Channel.parse(text)) == text


def test_addresses_of_the_samples_differ() -> None:
    assert len({ADDRESS, AIR_ADDRESS, TRAFFIC_ADDRESS}) == 3
