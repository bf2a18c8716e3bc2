"""What becomes of frames: readings, latest state, events, alarms, or quarantine with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Decoded, Frame, Measurement, PortFrame, Quantity
from drivers.lorawan import nas
from kit.access.model import Caller
from lighting.ingest.compute import RefusedError
from lighting.ingest.model import DownlinkOutcome, LevelHeard
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest, NobodyListens, codec_of_profile
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import QuarantineReason
from tests.lighting.faults.samples import SameLevel
from tests.lighting.ingest.field import (
    ADDRESS,
    GATEWAY,
    NIGHT,
    QUARTER,
    Listener,
    make_ingest,
    make_street,
    status,
    topic_of,
    uplink,
    usage,
)

OTHER = "70b3d50000000002"
SYSTEM = Caller.system()


@pytest.fixture
async def keys(session: AsyncSession) -> dict[str, int]:
    return await make_street(session, ADDRESS, OTHER)


async def refusals(session: AsyncSession) -> list[str]:
    kept = await telemetry.quarantined_frames(session, SYSTEM, after=None, limit=100)
    return sorted(one.reason_code for one in kept)


async def count(session: AsyncSession, table: str) -> int:
    return await session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


async def test_status_and_usage_become_readings_and_latest_state(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    report = await make_ingest().handle(session, [status(), usage(NIGHT + QUARTER)], NIGHT)
    assert (report.frames, report.readings_new, report.refused) == (2, 2, {})
    state = (await telemetry.latest(session, [keys[ADDRESS]]))[keys[ADDRESS]]
    assert (state.level_percent, state.level_at) == (100, NIGHT)
    assert (state.active_power_w, state.active_energy_wh) == (64.0, 1000)
    assert (state.seen_at, state.rssi_dbm, state.snr_db) == (NIGHT + QUARTER, -84, 8.5)
    assert state.gateway_address == GATEWAY
    (day,) = await telemetry.take_energy_days(session)
    assert day == (keys[ADDRESS], date(2026, 12, 20))


async def test_a_frame_delivered_again_changes_nothing(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    ingest = make_ingest()
    await ingest.handle(session, [status(), usage()], NIGHT)
    later = Frame(usage().topic, usage().payload, NIGHT + timedelta(hours=9))
    report = await ingest.handle(session, [status(), later, later], NIGHT + timedelta(hours=9))
    assert (report.readings_new, report.readings_known) == (0, 3)
    assert await count(session, "reading") == 1  # one instant: level and meter are joined


async def test_the_best_gateway_is_noted(session: AsyncSession, keys: dict[str, int]) -> None:
    frame = usage()
    said = nas.encode_usage_uplink(active_power_w=64)
    receptions = [
        {"gatewayId": "0016c001f1500009", "rssi": -120, "snr": -11.0},
        {"gatewayId": GATEWAY, "rssi": -70, "snr": 9.0},
    ]
    await make_ingest().handle(
        session, [frame, uplink(said, NIGHT + QUARTER, rxInfo=receptions)], NIGHT
    )
    state = (await telemetry.latest(session, [keys[ADDRESS]]))[keys[ADDRESS]]
    assert (state.gateway_address, state.rssi_dbm) == (GATEWAY, -70)


async def test_what_cannot_be_read_waits_in_quarantine_and_the_rest_goes_on(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    frames = [
        Frame(topic_of(ADDRESS), b"\x00not json", NIGHT),
        Frame("other/topic", b"{}", NIGHT),
        uplink(PortFrame(23, b"\x01\x02"), NIGHT),
        uplink(PortFrame(77, b"\x01\x02"), NIGHT),
        usage(address="70b3d500000000ff"),
        usage(NIGHT - timedelta(days=500)),
        usage(NIGHT + timedelta(days=3)),
        usage(),
    ]
    report = await make_ingest().handle(session, frames, NIGHT)
    assert report.readings_new == 1
    assert await refusals(session) == [
        "frame_truncated",
        "instant_out_of_range",
        "instant_out_of_range",
        "message_malformed",
        "port_unknown",
        "topic_unknown",
        "unknown_controller",
    ]


async def test_a_codec_that_crashes_keeps_its_frame_and_nothing_else(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    class Faulty:
        def decode_uplink(self, port: int, payload: bytes, received_at: object) -> Decoded:
            if payload == b"\x00\x13":
                raise ZeroDivisionError("a mistake of ours")
            return nas.decode_uplink(port, payload, NIGHT)

    ingest = Ingest(
        ChirpStack(),
        expected=SameLevel(100),
        acknowledgements=NobodyListens(),
        codec_of=lambda profile: Faulty(),
    )
    report = await ingest.handle(
        session, [uplink(PortFrame(26, b"\x00\x13")), usage(address=OTHER)], NIGHT
    )
    assert report.refused == {"codec_crashed": 1}
    assert report.readings_new == 1


def test_frames_of_a_device_nobody_can_read_wait_for_its_codec() -> None:
    with pytest.raises(RefusedError, match="not published") as refused:
        codec_of_profile("zenopix/dali-controller")
    assert refused.value.code == QuarantineReason.NO_CODEC


async def test_a_channel_of_a_device_is_no_reading_of_the_light(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    class Metering:
        def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
            phase = Measurement(Quantity.SUPPLY_VOLTAGE_V, 398.0, received_at, "L1-L2")
            return Decoded(
                [Measurement(Quantity.SUPPLY_VOLTAGE_V, 230.0, received_at), phase], [], []
            )

    ingest = Ingest(
        ChirpStack(),
        expected=SameLevel(100),
        acknowledgements=NobodyListens(),
        codec_of=lambda profile: Metering(),
    )
    await ingest.handle(session, [usage()], NIGHT)
    state = (await telemetry.latest(session, [keys[ADDRESS]]))[keys[ADDRESS]]
    assert state.supply_voltage_v == 230.0


async def test_a_text_postgresql_does_not_take_is_kept_all_the_same(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    frame = usage(address="70b3\x00d5")
    report = await make_ingest().handle(session, [frame], NIGHT)
    assert sum(report.refused.values()) == 1
    (kept,) = await telemetry.quarantined_frames(session, SYSTEM, after=None, limit=10)
    assert kept.payload == frame.payload


async def test_an_empty_uplink_says_that_the_controller_lives(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    await make_ingest().handle(session, [uplink(PortFrame(0, b""))], NIGHT)
    assert (await telemetry.latest(session, [keys[ADDRESS]]))[keys[ADDRESS]].seen_at == NIGHT
    assert await count(session, "reading") == 0


async def test_a_controller_registered_meanwhile_is_known_at_once(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    ingest = make_ingest()
    await ingest.handle(session, [usage(address="70b3d50000000009")], NIGHT)
    await make_street(session, "70b3d50000000009")
    report = await ingest.handle(session, [usage(address="70b3d50000000009")], NIGHT)
    assert report.readings_new == 1


async def test_a_dark_lamp_is_found_from_its_frames(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    ingest = make_ingest()
    for turn in range(3):
        at = NIGHT + turn * QUARTER
        await ingest.handle(session, [usage(at, power_w=1), usage(at, address=OTHER)], at)
    rows = await session.execute(sa.text("SELECT cause, evidence_count FROM alarm"))
    assert [tuple(row) for row in rows.all()] == [("lamp_failure", 1)]


async def test_orders_answered_are_handed_on(session: AsyncSession, keys: dict[str, int]) -> None:
    listener = Listener()
    echo = nas.encode_echo_uplink(nas.set_level(30))
    refusal = nas.encode_rejection_uplink(60, "unreachable_hw_request")
    frames = [
        uplink(echo, NIGHT),
        uplink(refusal, NIGHT),
        status(NIGHT, level=30),
        network_event("txack", {"queueItemId": "order-1"}),
        network_event("ack", {"queueItemId": "order-2", "acknowledged": True}),
        network_event("ack", {"queueItemId": "order-3"}),
        network_event("log", {"code": "EXPIRED", "context": {"queue_item_id": "order-4"}}),
    ]
    await make_ingest(listener).handle(session, frames, NIGHT)
    key, heard = keys[ADDRESS], listener.heard
    assert heard.echoes == [LevelHeard(key, 30, NIGHT)]
    assert heard.reported == [LevelHeard(key, 30, NIGHT)]
    assert [one.controller_key for one in heard.refusals] == [key]
    assert [(one.queue_item_id, one.outcome) for one in heard.downlinks] == [
        ("order-1", DownlinkOutcome.TRANSMITTED),
        ("order-2", DownlinkOutcome.ACKNOWLEDGED),
        ("order-3", DownlinkOutcome.NOT_ACKNOWLEDGED),
        ("order-4", DownlinkOutcome.FAILED),
    ]


async def test_what_the_network_says_of_a_device_is_an_event(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    frames = [network_event("join", {"devAddr": "00189440"}), network_event("location", {})]
    await make_ingest().handle(session, frames, NIGHT)
    rows = await session.execute(sa.text("SELECT kind, detail FROM device_event"))
    assert [tuple(row) for row in rows.all()] == [("network_join", {"dev_addr": "00189440"})]


def network_event(event: str, content: dict[str, object]) -> Frame:
    said = uplink(PortFrame(1, b""), NIGHT.astimezone(UTC), **content)
    return Frame(topic_of(ADDRESS, event), said.payload, NIGHT)
