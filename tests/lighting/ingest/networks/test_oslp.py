from datetime import UTC, datetime

import pytest

from drivers.contract import Frame
from drivers.errors import UnknownTopicError
from lighting.ingest.model import Uplink
from lighting.ingest.networks.oslp import Oslp

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
reader = Oslp()


def test_what_a_device_said_is_an_uplink_of_its_identifier() -> None:
    frame = Frame("oslp/villages/004100000000000000000007/17", b"\x8a\x01\x00", AT)
    assert reader.name_of(frame) == "oslp:villages"
    assert reader.read(frame) == Uplink(
        "004100000000000000000007", AT, 17, b"\x8a\x01\x00", None, None, None
    )


@pytest.mark.parametrize("topic", ["", "oslp", "oslp/a/b", "oslp/a/b/x", "mqtt/a/b/1"])
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(UnknownTopicError):
        reader.read(Frame(topic, b"", AT))
