"""The envelope of ChirpStack: what it says beside uplinks and orders."""

import json
from datetime import UTC, datetime
from typing import Any

from drivers.contract import EventKind, Frame
from lighting.ingest.model import NetworkNote
from lighting.ingest.networks import ChirpStack
from tests.lighting.ingest.field import ADDRESS, topic_of

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)


def note(event: str, **body: Any) -> NetworkNote | None:
    device = {"applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97", "devEui": ADDRESS}
    message = {"time": AT.isoformat(), "deviceInfo": device, **body}
    said = ChirpStack().read(Frame(topic_of(ADDRESS, event), json.dumps(message).encode(), AT))
    assert said is None or isinstance(said, NetworkNote)
    return said


def test_a_location_is_kept_as_an_event_of_the_device() -> None:
    said = note("location", location={"latitude": 47.32, "longitude": 5.04, "altitude": 245})
    assert said is not None
    assert (said.address, said.at, said.kind) == (ADDRESS, AT, EventKind.LOCATION)
    assert said.detail == {"lat_deg": 47.32, "lon_deg": 5.04, "source": "network"}


def test_a_location_without_a_place_says_nothing() -> None:
    assert note("location") is None


def test_what_an_integration_says_is_kept_with_its_name() -> None:
    said = note("integration", integrationName="loracloud", eventType="x", object={"a": 1})
    assert said is not None
    assert said.kind == "network_service"
    assert said.detail == {"service": "loracloud", "data": {"a": 1}}
