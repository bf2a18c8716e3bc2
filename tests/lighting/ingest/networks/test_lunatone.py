"""The envelope of Lunatone gateways: whose answer it is."""

from datetime import UTC, datetime

import pytest

from drivers.contract import Frame
from drivers.errors import DecodeError
from lighting.ingest.model import Uplink
from lighting.ingest.networks import Lunatone

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)


def test_what_was_heard_is_its_gears_and_its_first_byte_the_port() -> None:
    frame = Frame("lunatone/gare/0/17", b"\x01\x04\xe5\x00\x00\xff", AT)
    assert Lunatone().name_of(frame) == "lunatone:gare"
    said = Lunatone().read(frame)
    assert said == Uplink("gare/0/17", AT, 1, b"\x04\xe5\x00\x00\xff", None, None, None)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("lunatone", b"\x01"),
        ("lunatone/gare/0", b"\x01"),
        ("lunatone/gare/0/17/2", b"\x01"),
        ("modbus/gare/0/17", b"\x01"),
        ("lunatone/gare/0/17", b""),
    ],
)
def test_what_is_no_answer_is_refused(topic: str, payload: bytes) -> None:
    with pytest.raises(DecodeError):
        Lunatone().read(Frame(topic, payload, AT))
