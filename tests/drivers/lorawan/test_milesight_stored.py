"""Values an UC300 stored without network: made here, after the vendor's published decoder."""

from datetime import UTC, datetime, timedelta
from struct import pack

import pytest

from drivers import profiles
from drivers.contract import Measurement, Quantity
from drivers.errors import TruncatedFrameError

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
STORED_AT = AT - timedelta(hours=3)
TIME = pack("<I", int(STORED_AT.timestamp()))
CODEC = profiles.listener("milesight/uc300")


def test_stored_inputs_keep_their_own_instant() -> None:
    mask = 1 << 0 | 1 << 1 | 1 << 4 | 1 << 6 | 1 << 8 | 1 << 12
    body = pack("<BIBIB", 0, 1, 1, 42, 1) + pack("<e", -1.5) + pack("<4e", 4, 5, 3, 4) + bytes(48)
    live = bytes.fromhex("030000")
    frame = b"\x20\xdc" + TIME + pack("<H", mask) + body + live
    decoded = CODEC.decode_uplink(85, frame, AT)
    assert decoded.readings == [
        Measurement(Quantity.INPUT_ON, 1, STORED_AT, "DI1"),
        Measurement(Quantity.PULSE_COUNT, 42, STORED_AT, "DI2"),
        Measurement(Quantity.OUTPUT_ON, 1, STORED_AT, "DO1"),
        Measurement(Quantity.TEMPERATURE_C, -1.5, STORED_AT, "PT1"),
        Measurement(Quantity.ANALOG_CURRENT_MA, 4.0, STORED_AT, "AI1"),
        Measurement(Quantity.INPUT_ON, 0, AT, "DI1"),
    ]
    assert decoded.events == []


def test_stored_modbus_channels_are_told_with_their_number() -> None:
    body = pack("<B4sB4s", 0x03, b"\x0b\x00\x00\x00", 0x05, pack("<f", 1.5))
    frame = b"\x20\xdd" + TIME + pack("<I", 1 << 0 | 1 << 31) + body
    events = CODEC.decode_uplink(85, frame, AT).events
    assert [(event.kind, event.at) for event in events] == [("register_value", STORED_AT)] * 2
    assert [event.detail["modbus_channel"] for event in events] == [1, 32]
    assert [event.detail["value"] for event in events] == ["0b000000", "0000c03f"]


def test_a_stored_value_that_cannot_be_is_an_event() -> None:
    frame = b"\x20\xdc" + TIME + pack("<H", 1 << 6) + pack("<e", float("nan"))
    decoded = CODEC.decode_uplink(85, frame, AT)
    assert decoded.readings == []
    assert [event.kind for event in decoded.events] == ["record_unusable"]


def test_a_record_that_ends_too_early_says_so() -> None:
    frame = b"\x20\xdc" + TIME + pack("<H", 1 << 0) + b"\x00\x01"
    with pytest.raises(TruncatedFrameError, match="a stored value needs 5"):
        CODEC.decode_uplink(85, frame, AT)
