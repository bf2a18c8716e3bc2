"""What the words of a layout make of bytes."""

from datetime import timedelta

import pytest

from drivers.contract import DeviceEvent, LevelEcho, Measurement, Quantity, SettingEcho, StatusFlag
from drivers.errors import (
    TrailingBytesError,
    TruncatedFrameError,
    UnknownPacketError,
    UnknownPortError,
)
from tests.drivers.layouts.samples import AT, compiled, one_record, read, values


@pytest.mark.parametrize(
    ("field", "frame", "value"),
    [
        pytest.param("{type: u8, quantity: temperature_c}", "ff", 255, id="u8"),
        pytest.param("{type: i8, quantity: temperature_c}", "ff", -1, id="i8"),
        pytest.param("{type: u16, quantity: temperature_c}", "0102", 258, id="u16"),
        pytest.param("{type: i16, quantity: temperature_c}", "fffe", -2, id="i16"),
        pytest.param("{type: u24, quantity: temperature_c}", "010000", 65536, id="u24"),
        pytest.param("{type: i24, quantity: temperature_c}", "ffffff", -1, id="i24"),
        pytest.param("{type: u32, quantity: temperature_c}", "00010000", 65536, id="u32"),
        pytest.param("{type: f16, quantity: temperature_c}", "4400", 4.0, id="f16"),
        pytest.param("{type: f32, quantity: temperature_c}", "41bc0000", 23.5, id="f32"),
        pytest.param(
            "{type: u16, scale: 0.1, quantity: supply_voltage_v}", "08b2", 222.6, id="tenths"
        ),
        pytest.param(
            "{type: u8, scale: 0.5, offset: -40, quantity: temperature_c}", "64", 10.0, id="offset"
        ),
        pytest.param("{type: u16, scale: 10, quantity: active_energy_wh}", "0102", 2580, id="tens"),
        pytest.param(
            "{type: f32, scale: 1000, quantity: active_energy_wh}", "41bc0000", 23500, id="kWh"
        ),
        pytest.param("{type: u8, scale: 0.4, quantity: level_percent}", "80", 51, id="level"),
    ],
)
def test_a_number_is_read_and_scaled(field: str, frame: str, value: float) -> None:
    (read_value,) = values(one_record(f"[{field}]"), frame)
    assert read_value == value
    assert type(read_value) is type(value)


def test_bytes_come_in_the_order_the_layout_says() -> None:
    little = compiled(
        "uplinks: {byte_order: little, ports: [1], records: [{carries: x, fields: "
        "[{type: u24, quantity: active_energy_wh}, {type: u16, quantity: active_power_w}]}]}"
    )
    assert values(little, "0100000200") == [1, 2]


def test_bytes_without_meaning_are_passed_over() -> None:
    codec = one_record("[{type: bytes, length: 3}, {type: u8, quantity: active_power_w}]")
    assert values(codec, "aabbcc07") == [7]


def test_a_number_that_stands_for_none_is_none() -> None:
    silent = one_record("[{type: u16, quantity: current_a, absent: {0xffff: null}}]")
    assert read(silent, "ffff").events == []
    failing = one_record(
        "[{type: u16, quantity: current_a, absent: {0xffff: metering_failure}}]",
        ", detail: {channel: L1}",
    )
    assert read(failing, "ffff").readings == []
    assert read(failing, "ffff").events == [
        DeviceEvent("metering_failure", AT, {"channel": "L1", "raw": 65535})
    ]
    assert values(failing, "0001") == [1]


@pytest.mark.parametrize(
    ("field", "frame"),
    [
        pytest.param("{type: u8, quantity: level_percent}", "65", id="101 % of light"),
        pytest.param("{type: u8, scale: 0.01, quantity: power_factor}", "65", id="factor 1.01"),
        pytest.param(
            "{type: u8, quantity: temperature_c, valid: [0, 90]}", "5b", id="outside its limits"
        ),
        pytest.param(
            "{type: u8, quantity: level_percent, valid: [0, 200]}", "65", id="limits too wide"
        ),
        pytest.param("{type: f32, quantity: active_power_w}", "7f800000", id="infinite"),
        pytest.param("{type: f32, quantity: active_power_w}", "7fc00000", id="not a number"),
        pytest.param("{type: u64, quantity: active_energy_wh}", "ff" * 8, id="no counter"),
        pytest.param("{type: f32, quantity: active_energy_wh}", "7f000000", id="no energy"),
    ],
)
def test_what_cannot_be_is_an_event_and_no_reading(field: str, frame: str) -> None:
    decoded = read(one_record(f"[{field}]"), frame)
    assert decoded.readings == []
    assert [event.kind for event in decoded.events] == ["record_unusable"]


def test_bits_are_contacts_flags_and_events() -> None:
    codec = one_record(
        "[{type: u16, bits: {0: {quantity: input_on, channel: DI1}, 9: {flag: lamp_failure}, "
        "2: {flag: lamp_on}, 15: {event: supply_loss, detail: {phase: L2}}}}]"
    )
    flags = StatusFlag.LAMP_FAILURE | StatusFlag.LAMP_ON
    decoded = read(codec, "8205")
    assert decoded.readings == [
        Measurement(Quantity.INPUT_ON, 1, AT, "DI1"),
        Measurement(Quantity.STATUS_FLAGS, flags, AT),
    ]
    assert decoded.events == [DeviceEvent("supply_loss", AT, {"phase": "L2"})]
    assert values(codec, "0000") == [0, 0]


def test_a_record_tells_a_setting_with_its_details() -> None:
    codec = one_record(
        "[{type: u16, detail: interval_s}, {type: bytes, length: 2, detail: serial}]",
        ", setting: reports, detail: {unit: s}",
    )
    assert read(codec, "003cabcd").acknowledgements == [
        SettingEcho("reports", AT, {"unit": "s", "interval_s": 60, "serial": "abcd"})
    ]


def test_a_level_the_device_repeats_is_an_echo() -> None:
    codec = one_record("[{type: u8, scale: 0.4, echo: level}]")
    assert read(codec, "fa").acknowledgements == [LevelEcho(100, AT)]
    assert read(codec, "fb").acknowledgements == [LevelEcho(100, AT)]
    assert [event.kind for event in read(codec, "ff").events] == ["record_unusable"]


def test_the_end_may_be_as_long_as_the_record_tells() -> None:
    codec = one_record(
        "[{type: u8, detail: size}, {type: bytes, length: size, detail: value}]",
        ", event: register_value",
    )
    (event,) = read(codec, "03aabbcc").events
    assert event.detail == {"size": 3, "value": "aabbcc"}
    assert read(codec, "00").events[0].detail == {"size": 0, "value": ""}
    with pytest.raises(TruncatedFrameError, match="a record needs 3"):
        read(codec, "03aabb")


DATED = compiled(
    """
uplinks:
  byte_order: big
  ports: [1]
  repeats: true
  records:
    - carries: stored value
      key: "20"
      fields:
        - {type: u32, instant: unix_s, absent: {0: null}}
        - {type: u8, quantity: active_power_w}
        - {type: u8, bits: {0: {flag: lamp_on}}}
    - {carries: value, key: "01", fields: [{type: u8, quantity: active_power_w}]}
"""
)
EPOCH_S = int(AT.timestamp())


def test_a_value_sent_late_keeps_its_own_instant() -> None:
    stored = "20" + (EPOCH_S - 7200).to_bytes(4, "big").hex() + "2a01"
    decoded = read(DATED, stored + "0107")
    late = AT - timedelta(hours=2)
    assert decoded.readings == [
        Measurement(Quantity.ACTIVE_POWER_W, 42, late),
        Measurement(Quantity.ACTIVE_POWER_W, 7, AT),
        Measurement(Quantity.STATUS_FLAGS, StatusFlag.LAMP_ON, late),
    ]
    assert decoded.events == []


def test_a_clock_that_cannot_be_believed_gives_way_to_the_reception() -> None:
    decoded = read(DATED, "20 00000e10 2a00")
    assert [reading.measured_at for reading in decoded.readings] == [AT, AT]
    assert [event.kind for event in decoded.events] == ["clock_implausible"]
    assert read(DATED, "20 00000000 2a00").events == []


CHANNELS = """
uplinks:
  byte_order: little
  ports: [85]
  repeats: true
  records:
    - {carries: power, key: "0480", fields: [{type: u32, quantity: active_power_w}]}
    - carries: any channel
      key: ff19
      event: register_value
      fields: [{type: u8, detail: channel}]
    - carries: channel 4
      key: "ff19 04"
      fields: [{type: u8, quantity: active_power_w, channel: L1}]
    - {carries: either, key: ["aa01", "bb01"], setting: either}
"""


def test_records_follow_one_another_each_by_its_key() -> None:
    decoded = read(compiled(CHANNELS), "048007000000aa010480080000 00bb01", 85)
    assert [reading.value for reading in decoded.readings] == [7, 8]
    assert len(decoded.acknowledgements) == 2


def test_the_longest_key_goes_first() -> None:
    decoded = read(compiled(CHANNELS), "ff190409ff1903", 85)
    assert decoded.readings == [Measurement(Quantity.ACTIVE_POWER_W, 9, AT, "L1")]
    assert [event.detail for event in decoded.events] == [{"channel": 3}]


@pytest.mark.parametrize(
    ("port", "frame", "error", "says"),
    [
        (84, "048007000000", UnknownPortError, "port 84"),
        (85, "", TruncatedFrameError, "key of a record needs 2"),
        (85, "04", TruncatedFrameError, "key of a record needs 2"),
        (85, "0480070000", TruncatedFrameError, r"power needs 4 byte\(s\) at offset 2"),
        (85, "04810700", UnknownPacketError, r"0481 \(offset 0\)"),
        (85, "048007000000ee", TruncatedFrameError, "at offset 6"),
        (85, "048007000000eeff", UnknownPacketError, r"eeff \(offset 6\)"),
    ],
)
def test_an_unreadable_frame_says_what_is_wrong(
    port: int, frame: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        read(compiled(CHANNELS), frame, port)


def test_bytes_behind_the_only_record_are_refused() -> None:
    with pytest.raises(TrailingBytesError, match=r"2 byte\(s\) follow"):
        read(one_record("[{type: u8, quantity: active_power_w}]"), "010203")


def test_a_device_of_any_port_is_heard_on_every_application_port() -> None:
    codec = compiled("uplinks: {byte_order: big, ports: any, records: [{carries: x, key: '01'}]}")
    assert read(codec, "01", 223).readings == []
    for port in (0, 224):
        with pytest.raises(UnknownPortError):
            read(codec, "01", port)
