"""What an uplink says of the light."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import (
    Decoded,
    EventKind,
    LevelEcho,
    NegativeAcknowledgement,
    Quantity,
    SettingEcho,
    StatusFlag,
)
from drivers.errors import (
    DecodeError,
    InvalidAddressError,
    InvalidValueError,
    TruncatedFrameError,
    UnknownPortError,
)
from drivers.lorawan.nas import UPLINK_PORTS, decode_uplink

MADE_AT = datetime(2020, 1, 16, 15, 23, 31, tzinfo=UTC)
RECEIVED_AT = MADE_AT + timedelta(seconds=4)
VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/nas.json").read_text())

STATUS = "01f37f205e80023209160000fe501904"
# header, epoch, flags, flags, rssi, snr, °C, alerts, no sensors; one source: broadcast at 25 %


def decode(port: int, frame: str, received_at: datetime = RECEIVED_AT) -> Decoded:
    return decode_uplink(port, bytes.fromhex(frame), received_at)


def values(decoded: Decoded) -> dict[Quantity, float]:
    return {reading.quantity: reading.value for reading in decoded.readings}


def kinds(decoded: Decoded) -> list[str]:
    return [event.kind for event in decoded.events]


def test_a_status_gives_level_health_and_radio() -> None:
    decoded = decode(23, STATUS)
    assert values(decoded) == {
        Quantity.LEVEL_PERCENT: 25,
        Quantity.TEMPERATURE_C: 22,
        Quantity.RSSI_DBM: -50,
        Quantity.SNR_DB: 9,
        Quantity.STATUS_FLAGS: StatusFlag.RELAY_CLOSED | StatusFlag.LAMP_ON,
    }
    assert decoded.events == []
    assert decoded.acknowledgements == []


def test_a_status_counts_from_the_clock_of_the_device() -> None:
    assert {reading.measured_at for reading in decode(23, STATUS).readings} == {MADE_AT}


@pytest.mark.parametrize(
    ("late", "is_believed"),
    [
        pytest.param(timedelta(hours=1), True, id="an hour in a gateway's buffer"),
        pytest.param(timedelta(hours=1, seconds=1), False, id="a clock that lost an hour"),
        pytest.param(timedelta(minutes=-2), True, id="a clock two minutes ahead"),
        pytest.param(timedelta(minutes=-2, seconds=-1), False, id="a clock in the future"),
    ],
)
def test_a_wrong_clock_is_replaced_by_the_reception(late: timedelta, is_believed: bool) -> None:
    received_at = MADE_AT + late
    decoded = decode(23, STATUS, received_at)
    assert decoded.readings[0].measured_at == (MADE_AT if is_believed else received_at)
    assert kinds(decoded) == ([] if is_believed else [EventKind.CLOCK_IMPLAUSIBLE])


def test_a_clock_never_set_is_not_believed() -> None:
    early = datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
    decoded = decode(23, "010500000080023209160000fe501904", early)
    assert kinds(decoded) == [EventKind.CLOCK_IMPLAUSIBLE]


def test_a_failed_lamp_is_an_event_and_a_flag() -> None:
    decoded = decode(23, STATUS[:-2] + "02")
    assert kinds(decoded) == [EventKind.LAMP_FAILURE]
    assert decoded.events[0].detail == {"address": "dali_broadcast"}
    assert values(decoded)[Quantity.STATUS_FLAGS] == (
        StatusFlag.RELAY_CLOSED | StatusFlag.LAMP_FAILURE
    )


def test_gear_that_did_not_answer_is_not_called_failed() -> None:
    assert kinds(decode(23, STATUS[:-2] + "ff")) == []


def test_the_brightest_gear_is_the_level_of_the_light() -> None:
    decoded = decode(23, STATUS + "02504b04" + "0450ff04")
    assert values(decoded)[Quantity.LEVEL_PERCENT] == 0x4B


def test_a_level_nobody_knows_is_no_reading() -> None:
    decoded = decode(23, STATUS[:-4] + "ff04")
    assert Quantity.LEVEL_PERCENT not in values(decoded)


def test_an_impossible_level_is_left_out_and_told() -> None:
    decoded = decode(23, STATUS[:-4] + "6504")
    assert Quantity.LEVEL_PERCENT not in values(decoded)
    assert decoded.events[0].kind == EventKind.RECORD_UNUSABLE
    assert decoded.events[0].detail == {"field": "level_percent", "raw": 101}


def test_a_status_whose_only_source_has_no_address_is_refused() -> None:
    with pytest.raises(InvalidAddressError):
        decode(23, STATUS.replace("fe501904", "09501904"))


def test_states_and_alerts_of_a_status_become_flags_and_events() -> None:
    decoded = decode(23, "01f37f205ee2041209163000fe501904")
    flags = values(decoded)[Quantity.STATUS_FLAGS]
    assert flags == (
        StatusFlag.CONTROL_GEAR_COMM_FAILURE
        | StatusFlag.METERING_FAILURE
        | StatusFlag.CLOCK_WARNING
        | StatusFlag.RELAY_CLOSED
        | StatusFlag.VOLTAGE_ALERT_IN_24H
        | StatusFlag.LAMP_ERROR_ALERT_IN_24H
        | StatusFlag.OUTPUT_SWITCHED_ON
        | StatusFlag.LAMP_ON
    )
    assert set(kinds(decoded)) == {
        EventKind.CONTROL_GEAR_COMM_FAILURE,
        EventKind.METERING_FAILURE,
        EventKind.CLOCK_WARNING,
        EventKind.ALERT_IN_24H,
    }


def test_sensors_of_a_status_are_read() -> None:
    decoded = decode(23, "01f37f205e80003209160007029455040108" + "05" + "fe501904")
    assert values(decoded)[Quantity.ILLUMINANCE_LX] == pytest.approx(299.9, abs=0.05)
    assert values(decoded)[Quantity.TILT_DEG] == 5
    assert int(values(decoded)[Quantity.STATUS_FLAGS]) & StatusFlag.DIGITAL_INPUT_ON


def test_usage_gives_counters_power_and_mains() -> None:
    decoded = decode(26, "00ffb3" + "39300000" + "2d00" + "5f" + "e7" + "80510100")
    assert values(decoded) == {
        Quantity.ACTIVE_ENERGY_WH: 12_345,
        Quantity.ACTIVE_POWER_W: 45,
        Quantity.POWER_FACTOR: 0.95,
        Quantity.SUPPLY_VOLTAGE_V: 231,
        Quantity.BURNING_TIME_S: 86_400,
    }
    assert {reading.measured_at for reading in decoded.readings} == {RECEIVED_AT}


def test_the_internal_meter_counts_before_the_gears() -> None:
    decoded = decode(25, "ff830100000004000000000012cf1e000000000000000000000070de060011000000")
    assert values(decoded)[Quantity.ACTIVE_ENERGY_WH] == 1
    assert values(decoded)[Quantity.ACTIVE_POWER_W] == 4
    assert values(decoded)[Quantity.OPERATING_TIME_S] == 450_160


def test_gears_without_a_meter_are_added_up() -> None:
    decoded = decode(26, "00" + "0403" + "0a000000" + "0500" + "0603" + "14000000" + "0700")
    assert values(decoded) == {Quantity.ACTIVE_ENERGY_WH: 30, Quantity.ACTIVE_POWER_W: 12}


def test_an_unknown_power_factor_is_no_reading() -> None:
    assert decode(26, "00ff10ff") == Decoded([], [], [])


def test_an_impossible_power_factor_is_left_out_and_told() -> None:
    decoded = decode(26, "00ff12" + "2d00" + "65")
    assert values(decoded) == {Quantity.ACTIVE_POWER_W: 45}
    assert kinds(decoded) == [EventKind.RECORD_UNUSABLE]


def test_usage_of_no_known_meter_is_refused() -> None:
    with pytest.raises(InvalidAddressError):
        decode(26, "000903000000000000")


def test_a_level_order_echoed_is_an_acknowledgement() -> None:
    assert decode(60, "01fe32").acknowledgements == [
        LevelEcho(50, RECEIVED_AT, None, "dali_broadcast")
    ]


def test_a_timed_order_echoed_tells_how_long_it_holds() -> None:
    assert decode(60, "09fe640f").acknowledgements == [
        LevelEcho(100, RECEIVED_AT, timedelta(minutes=15), "dali_broadcast")
    ]


def test_going_back_to_the_program_is_acknowledged_without_a_level() -> None:
    (echo,) = decode(60, "01feff").acknowledgements
    assert isinstance(echo, LevelEcho)
    assert echo.level_percent is None


def test_each_destination_of_an_order_is_acknowledged() -> None:
    echoes = decode(60, "0104320864").acknowledgements
    assert [
        (echo.address, echo.level_percent) for echo in echoes if isinstance(echo, LevelEcho)
    ] == [("dali_single_2", 50), ("dali_single_4", 100)]


def test_an_echo_of_an_impossible_level_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="120"):
        decode(60, "01fe78")


def test_a_config_echoed_is_an_acknowledgement() -> None:
    (echo,) = decode(50, "07100e0000").acknowledgements
    assert echo == SettingEcho("status_config_packet", RECEIVED_AT, {"status_interval__s": 3600})


def test_each_config_of_a_chain_is_acknowledged() -> None:
    echoes = decode(50, "fe015028000d5802").acknowledgements
    assert [echo.setting for echo in echoes if isinstance(echo, SettingEcho)] == [
        "deprecated_ldr_input_config_packet",
        "boot_delay_config_packet",
    ]


def test_keys_echoed_by_a_device_go_no_further() -> None:
    decoded = decode(
        50, "52014433221182840c7056429b143d21974557f93a5382840c70c08494b931fe2fa6f8835c6a"
    )
    (echo,) = decoded.acknowledgements
    assert isinstance(echo, SettingEcho)
    assert echo.detail == {"multicast_device": 1, "devaddr": "11223344"}


def test_a_refused_order_is_a_negative_acknowledgement() -> None:
    assert decode(99, "13320a").acknowledgements == [
        NegativeAcknowledgement("unsupported_header", 50, RECEIVED_AT)
    ]


def test_a_failed_memory_write_is_a_negative_acknowledgement() -> None:
    assert decode(60, "08").acknowledgements == [
        NegativeAcknowledgement("driver_memory_write_failed", 60, RECEIVED_AT)
    ]


def test_a_boot_tells_who_started_and_why() -> None:
    decoded = decode(99, "000d008350010101f37f205e000cfe0104")
    (event,) = decoded.events
    assert event.kind == EventKind.BOOT
    assert event.at == MADE_AT
    assert event.detail["device_serial"] == "5083000D"
    assert event.detail["reset_reason"] == ["soft_reset"]


def test_a_metering_alert_carries_its_measurements() -> None:
    decoded = decode(61, "84025900e50056")
    assert values(decoded) == {
        Quantity.ACTIVE_POWER_W: 89,
        Quantity.SUPPLY_VOLTAGE_V: 229,
        Quantity.POWER_FACTOR: 0.86,
    }
    assert decoded.events[0].detail == {"conditions": ["over_current"]}


@pytest.mark.parametrize(
    ("port", "frame", "kind"),
    [
        (61, "83200202", EventKind.LAMP_FAILURE),
        (61, "83200201", EventKind.CONTROL_GEAR_FAILURE),
        (60, "000202", EventKind.LAMP_FAILURE),
        (61, "80200600", EventKind.DIGITAL_INPUT),
        (61, "81200079", EventKind.LIGHT_SENSOR),
        (61, "8601", EventKind.LOCATION),
        (99, "01", EventKind.SHUTDOWN),
        (99, "1002", EventKind.DEVICE_ERROR),
        (24, "8044465e054d07ff02db02fafeff00", EventKind.DEVICE_ERROR),
    ],
)
def test_what_a_device_tells_is_named(port: int, frame: str, kind: EventKind) -> None:
    assert kind in kinds(decode(port, frame))


def test_both_layouts_of_port_24_are_told_apart() -> None:
    newer = decode(24, "8044465e054d07ff02db02fafeff00")
    older = decode(24, "28e29b59018e0416fe1e32022afee132")
    assert values(newer)[Quantity.LEVEL_PERCENT] == 0
    assert values(newer)[Quantity.RSSI_DBM] == -77
    assert values(older)[Quantity.LEVEL_PERCENT] == 50
    assert values(older)[Quantity.RSSI_DBM] == -114


@pytest.mark.parametrize(("port", "says"), [(49, "to the device"), (51, "to the device"), (7, "7")])
def test_a_port_nothing_comes_from_is_named(port: int, says: str) -> None:
    with pytest.raises(UnknownPortError, match=says):
        decode(port, "00")


def test_an_empty_frame_is_truncated() -> None:
    with pytest.raises(TruncatedFrameError):
        decode(26, "")


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS if each["kind"] == "lorawan-uplink"], ids=lambda v: v["hex"]
)
def test_every_published_uplink_says_something(vector: dict[str, str | int]) -> None:
    decoded = decode(int(vector["fport"]), str(vector["hex"]))
    assert decoded.readings or decoded.events or decoded.acknowledgements


def decoded_or_refused(port: int, frame: bytes) -> Decoded | DecodeError:
    """What came of the frame; anything but a `DecodeError` raised fails the test."""
    try:
        return decode_uplink(port, frame, RECEIVED_AT)
    except DecodeError as error:
        return error


@given(
    port=st.one_of(st.sampled_from(UPLINK_PORTS), st.integers(0, 255)),
    frame=st.binary(max_size=80),
)
@settings(max_examples=3000)
def test_any_bytes_on_any_port_are_decoded_or_refused(port: int, frame: bytes) -> None:
    assert isinstance(decoded_or_refused(port, frame), Decoded | DecodeError)


@given(cut=st.integers(0, 60), vector=st.sampled_from(VECTORS), flip=st.integers(0, 500))
@settings(max_examples=3000)
def test_a_damaged_published_frame_is_decoded_or_refused(
    cut: int, vector: dict[str, str | int], flip: int
) -> None:
    frame = bytearray.fromhex(str(vector["hex"]))
    frame[flip % len(frame)] ^= 1 << flip % 8
    cut_frame = bytes(frame[: cut or None])
    outcome = decoded_or_refused(int(vector["fport"]), cut_frame)
    assert isinstance(outcome, Decoded | DecodeError)
