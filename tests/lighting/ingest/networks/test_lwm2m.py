from datetime import UTC, datetime

import pytest

from drivers.contract import Frame
from drivers.errors import MalformedMessageError, UnknownTopicError
from drivers.lwm2m import topics
from drivers.lwm2m.driver import UcifiLamp
from lighting.ingest.model import DownlinkOutcome, DownlinkReport, Uplink
from lighting.ingest.networks.lwm2m import Lwm2m

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
ENDPOINT = "urn:imei:49/015"
reader = Lwm2m()


def test_what_a_device_said_is_an_uplink_of_its_endpoint() -> None:
    order = UcifiLamp().set_level(50)
    frame = Frame(topics.said("nbiot", ENDPOINT, order.port), order.payload, AT)
    assert reader.name_of(frame) == "lwm2m:nbiot"
    assert reader.read(frame) == Uplink(ENDPOINT, AT, 3416, order.payload, None, None, None)


def test_an_order_that_failed_while_it_waited_is_reported() -> None:
    frame = Frame(topics.order("nbiot", ENDPOINT, "7"), topics.failure("4.05"), AT)
    assert reader.read(frame) == DownlinkReport("7", DownlinkOutcome.FAILED, AT, "4.05")


@pytest.mark.parametrize("topic", ["", "lwm2m", "lwm2m/a/b", "lwm2m/a/b/x", "mqtt/a/b/1"])
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(UnknownTopicError):
        reader.read(Frame(topic, b"", AT))


def test_a_report_that_does_not_parse_is_refused() -> None:
    with pytest.raises(MalformedMessageError):
        reader.read(Frame(topics.order("nbiot", ENDPOINT, "7"), b"\xff", AT))
