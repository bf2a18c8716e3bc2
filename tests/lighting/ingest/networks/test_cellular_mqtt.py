import json
from datetime import UTC, datetime

import pytest

from drivers.cellular.link import topic_of
from drivers.contract import Frame
from drivers.errors import DecodeError
from lighting.ingest.model import Uplink
from lighting.ingest.networks.cellular_mqtt import CellularMqtt

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
IMEI = "867000000000017"
REPORT = json.dumps(
    {"message": {"imei": IMEI}, "cell": {"rssi": -975, "snr": 82, "id": "20801-4711"}}
).encode()
reader = CellularMqtt()


def frame(profile: str, topic: str, payload: bytes = REPORT) -> Frame:
    return Frame(topic_of("nb", profile, topic), payload, AT)


def test_a_message_is_an_uplink_of_the_device_its_topic_names() -> None:
    came = frame("cellular/lamp-json", f"lamps/{IMEI}/up")
    assert reader.name_of(came) == "mqtt:nb"
    assert reader.read(came) == Uplink(IMEI, AT, 1, REPORT, -98, 8.2, "20801-4711")


@pytest.mark.parametrize(
    ("profile", "topic", "payload"),
    [
        pytest.param("cellular/lamp-json", "elsewhere", REPORT, id="another topic"),
        pytest.param("cellular/lamp-json", "lamps/other/up", REPORT, id="another's address"),
        pytest.param("cellular/lamp-json", f"lamps/{IMEI}/up", b"[]", id="no object"),
        pytest.param("cellular/lamp-json", f"lamps/{IMEI}/up", b"{", id="no JSON"),
        pytest.param("nas/ul20xx", f"lamps/{IMEI}/up", REPORT, id="a profile of another kind"),
        pytest.param("nobody/nothing", f"lamps/{IMEI}/up", REPORT, id="an unknown profile"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(profile: str, topic: str, payload: bytes) -> None:
    with pytest.raises(DecodeError):
        reader.read(frame(profile, topic, payload))


def test_other_topics_are_refused() -> None:
    with pytest.raises(DecodeError):
        reader.read(Frame("mqtt/nb", b"", AT))
