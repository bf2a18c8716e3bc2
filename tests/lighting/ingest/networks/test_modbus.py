"""The envelope of Modbus: whose block it is."""

from datetime import UTC, datetime

import pytest

from drivers.contract import Frame
from drivers.errors import DecodeError
from lighting.ingest.model import Uplink
from lighting.ingest.networks import Modbus

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.mark.parametrize("rest", ["7", "1/0/17"])
def test_a_block_is_its_devices_and_its_number_the_port(rest: str) -> None:
    frame = Frame(f"modbus/gare/{rest}", b"\x03\x12\x34", AT)
    assert Modbus().name_of(frame) == "modbus:gare"
    assert Modbus().read(frame) == Uplink(f"gare/{rest}", AT, 3, b"\x12\x34", None, None, None)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("modbus", b"\x01"),
        ("modbus/gare", b"\x01"),
        ("other/gare/7", b"\x01"),
        ("modbus/gare/7", b""),
    ],
)
def test_what_is_no_block_is_refused(topic: str, payload: bytes) -> None:
    with pytest.raises(DecodeError):
        Modbus().read(Frame(topic, payload, AT))
