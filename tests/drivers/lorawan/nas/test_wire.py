"""The wire layer where the published examples are silent: limits, errors, round trips."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import (
    DecodeError,
    EncodeError,
    InvalidValueError,
    TrailingBytesError,
    TruncatedFrameError,
    UnknownPacketError,
    UnknownPortError,
)
from drivers.lorawan.nas import Firmware, Packet, decode_packet, encode_packet
from drivers.lorawan.nas.config_1_0 import CONFIG_1_0
from drivers.lorawan.nas.config_1_1 import CONFIG_1_1
from drivers.lorawan.nas.requests import REQUESTS_1_0, REQUESTS_1_1

PORTS = [23, 24, 25, 26, 49, 50, 51, 60, 61, 99]
WRITTEN_PORTS = [49, 50, 51, 60]
HEADERS = sorted({*CONFIG_1_0, *CONFIG_1_1, *REQUESTS_1_0, *REQUESTS_1_1, *range(13)})


@pytest.mark.parametrize(
    ("port", "frame", "error", "code", "says"),
    [
        (23, "", TruncatedFrameError, "frame_truncated", "packet header needs 1"),
        (23, "01f37f", TruncatedFrameError, "frame_truncated", "status head needs 12"),
        (23, "02f37f205e", UnknownPacketError, "packet_unknown", "0x02"),
        (23, "01f37f205e80000000000003", TruncatedFrameError, "frame_truncated", "sensor block"),
        (23, "01f37f205e80023209160000fe50", TruncatedFrameError, "frame_truncated", "source"),
        (26, "01ff", UnknownPacketError, "packet_unknown", "0x01"),
        (26, "00ff03ed00", TruncatedFrameError, "frame_truncated", "needs 6 byte(s) at offset 3"),
        (42, "00", UnknownPortError, "port_unknown", "42"),
        (50, "07100e00", TruncatedFrameError, "frame_truncated", "status_interval__s needs 4"),
        (50, "07100e000000", TrailingBytesError, "frame_too_long", "1 byte(s) follow"),
        (50, "7f", UnknownPacketError, "packet_unknown", "0x7f"),
        (50, "2709", InvalidValueError, "value_invalid", "access_mode"),
        (50, "2210", InvalidValueError, "value_invalid", "fade_duration__s"),
        (50, "1602", UnknownPacketError, "packet_unknown", "metering alert version"),
        (60, "01fe", TruncatedFrameError, "frame_truncated", "dimming_level__percent"),
        (61, "80300600", InvalidValueError, "value_invalid", "3 bytes"),
        (61, "8600b3046979b3efb341ee68b466", InvalidValueError, "value_invalid", "no position"),
        (61, "86000000c07fb3efb341ee68b466", InvalidValueError, "value_invalid", "no position"),
    ],
)
def test_an_unreadable_frame_says_what_is_wrong(
    port: int, frame: str, error: type[DecodeError], code: str, says: str
) -> None:
    with pytest.raises(error) as raised:
        decode_packet(port, bytes.fromhex(frame))
    assert raised.value.code == code
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("port", "fields", "says"),
    [
        (60, {"packet_type": "manual_dimming"}, "destination is missing"),
        (60, {"packet_type": "undo"}, "'undo' is not written on this port"),
        (60, {}, "packet_type is missing"),
        (26, {"packet_type": "usage_packet"}, "no packet is written on port 26"),
        (50, {"packet_type": "fallback_dim_config_packet"}, "fallback_dimming_level__percent"),
        (
            50,
            {"packet_type": "fallback_dim_config_packet", "fallback_dimming_level__percent": 101},
            "outside 0..100",
        ),
        (50, {"packet_type": "status_config_packet", "status_interval__s": -1}, "does not fit"),
        (50, {"packet_type": "status_config_packet", "status_interval__s": "soon"}, "neither"),
        (50, {"packet_type": "lumalink_config_packet", "access_mode": "never"}, "access_mode"),
        (50, {"packet_type": "holiday_config_packet", "holidays": ["yule"]}, "MM/DD"),
        (50, {"packet_type": "time_config_packet", "device_unix_epoch": "noon"}, "no instant"),
        (50, {"packet_type": "clear_config_packet", "reset_target": "all"}, "reset_target"),
        (
            50,
            {
                "packet_type": "multicast_config_packet",
                "multicast_device": 0,
                "devaddr": "11223344",
                "nwkskey": "00",
                "appskey": "00" * 16,
            },
            "nwkskey needs 16",
        ),
    ],
)
def test_an_impossible_order_says_what_is_wrong(
    port: int, fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(EncodeError, match=says.replace("(", r"\(")):
        encode_packet(port, fields)


@pytest.mark.parametrize("address", ["dali_single_64", "dali_group_16", "dali_single_", "lamp"])
def test_an_order_to_no_address_is_refused(address: str) -> None:
    destination = {"address": address, "dimming_level__percent": 10}
    with pytest.raises(EncodeError, match="is no address"):
        encode_packet(60, {"packet_type": "manual_dimming", "destination": [destination]})


@pytest.mark.parametrize(
    ("name", "byte"),
    [
        ("dali_broadcast", 0xFE),
        ("analog_0_10v", 0x01),
        ("all_devices", 0xFF),
        ("dali_single_0", 0x00),
        ("dali_single_63", 0x7E),
        ("dali_group_0", 0x80),
        ("dali_group_15", 0x9E),
    ],
)
def test_every_kind_of_address_is_written_and_read(name: str, byte: int) -> None:
    destination = {"address": name, "dimming_level__percent": "resume"}
    fields = {"packet_type": "manual_dimming", "destination": [destination]}
    frame = encode_packet(60, fields)
    assert frame == bytes((0x01, byte, 0xFF))
    assert decode_packet(60, frame).fields == fields


def test_a_later_sensor_does_not_hide_the_levels() -> None:
    packet = decode_packet(23, bytes.fromhex("01f37f205e8000320916000377aabbfe501900"))
    assert packet.errors == ["unsupported_sensor_source"]
    assert packet.fields["dimming_source"][0]["dimming_level__percent"] == 25


@pytest.mark.parametrize(
    ("port", "frame", "firmware", "error"),
    [
        (23, "01f37f205e80023209160000fe091904", Firmware.V1_1, "invalid_reason"),
        (23, "01f37f205e80023209160000feff1904", Firmware.V1_1, "unknown_reason"),
        (24, "8044465e004d07ff0002f0feff00", Firmware.V1_0, "invalid_reason"),
        (24, "8044465e004d07ff0002fffeff00", Firmware.V1_0, "unknown_reason"),
    ],
)
def test_a_reason_without_a_name_leaves_the_status_readable(
    port: int, frame: str, firmware: Firmware, error: str
) -> None:
    assert decode_packet(port, bytes.fromhex(frame), firmware).errors == [error]


def read_or_refused(port: int, frame: bytes, firmware: Firmware) -> Packet | DecodeError:
    """What came of the frame; anything but a `DecodeError` raised fails the test."""
    try:
        return decode_packet(port, frame, firmware)
    except DecodeError as error:
        return error


@given(
    port=st.sampled_from(PORTS),
    frame=st.binary(max_size=60),
    firmware=st.sampled_from(list(Firmware)),
)
@settings(max_examples=1000)
def test_any_bytes_are_a_packet_or_a_decode_error(
    port: int, frame: bytes, firmware: Firmware
) -> None:
    assert isinstance(read_or_refused(port, frame, firmware), Packet | DecodeError)


@given(
    port=st.sampled_from(WRITTEN_PORTS),
    header=st.sampled_from(HEADERS),
    body=st.binary(max_size=40),
    firmware=st.sampled_from([Firmware.V1_0, Firmware.V1_1]),
)
@settings(max_examples=1000)
def test_what_is_read_is_written_again_to_the_byte(
    port: int, header: int, body: bytes, firmware: Firmware
) -> None:
    frame = bytes((header,)) + body
    packet = read_or_refused(port, frame, firmware)
    if isinstance(packet, DecodeError):
        return
    try:
        written = encode_packet(port, packet.fields, firmware)
    except EncodeError:
        return  # a level above 100 %, no address, no instant: read and told, never written
    assert written == frame
