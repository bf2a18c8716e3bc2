"""Messages of The Things Stack 3: as published, downlinks to the byte, junk refused."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import DecodeError, EncodeError, MalformedMessageError, UnknownTopicError
from drivers.lorawan import the_things_stack as tts
from drivers.lorawan.the_things_stack_events import Downlink, UplinkMessage

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/the_things_stack.json").read_text())
MESSAGES = [vector for vector in VECTORS if "message" in vector]
ORDER = "018f2f5e-0000-7000-8000-000000000001"
APPLICATION, DEVICE = "lights@ttn", "olc-12"


def parse(kind: str, **message: Any) -> tts.Said:
    full = {"end_device_ids": {"device_id": DEVICE}, **message}
    return tts.parse_message(f"v3/{APPLICATION}/devices/{DEVICE}/{kind}", json.dumps(full).encode())


@pytest.mark.parametrize("vector", MESSAGES, ids=lambda one: one["topic"].split("/", 4)[4])
def test_a_published_message_is_read_and_written_again(vector: dict[str, Any]) -> None:
    topic, message = vector["topic"], vector["message"]
    said = tts.parse_message(topic, json.dumps(message).encode())
    assert said.message.device_id == topic.split("/")[3]
    assert tts.encode_message(said)[0] == topic
    again = tts.parse_message(*tts.encode_message(said))
    assert again == said


def test_the_published_uplink_says_what_its_source_says() -> None:
    (vector,) = [one for one in MESSAGES if one["expected"].get("f_cnt") == 42]
    said = tts.parse_message(vector["topic"], json.dumps(vector["message"]).encode())
    assert isinstance(said.body, UplinkMessage)
    assert said.body.frm_payload.hex() == vector["hex"]
    assert (said.body.f_port, said.body.f_cnt) == (42, 42)
    assert said.body.decoded_payload == {"test_key": 42}
    assert said.message.end_device_ids.application_ids.application_id == "foo-app"


def test_the_published_downlinks_are_written_to_the_byte() -> None:
    (vector,) = [one for one in VECTORS if one["kind"] == "lorawan-downlink"]
    expected = vector["expected"]
    frames = [
        Downlink(one["f_port"], b64decode(one["frm_payload"]), confirmed=one["confirmed"])
        for one in expected["message"]["downlinks"]
    ]
    topic, payload = tts.push("foo-app", "foo-device", frames)
    assert topic == expected["topic"]
    assert payload == json.dumps(expected["message"], separators=(",", ":")).encode()
    assert list(tts.parse_downlink(topic, payload).downlinks) == frames


def test_what_is_left_out_has_its_default() -> None:
    said = parse("up", uplink_message={"frm_payload": "AA=="})
    assert isinstance(said.body, UplinkMessage)
    assert (said.body.f_cnt, said.body.f_port, said.body.confirmed) == (0, 0, False)
    assert said.body.best_reception is None


def test_an_order_comes_back_by_its_correlation() -> None:
    topic, payload = tts.downlink(
        APPLICATION, DEVICE, 60, b"\x01\x0f2", ORDER, replaces_queue=True, gateways=["gw-north"]
    )
    asked = tts.parse_downlink(topic, payload)
    assert (asked.kind, asked.application, asked.device_id) == ("replace", APPLICATION, DEVICE)
    (frame,) = asked.downlinks
    assert frame.priority == "NORMAL"
    assert frame.class_b_c is not None
    assert frame.class_b_c.gateways[0].gateway_ids.gateway_id == "gw-north"
    said = parse("down/sent", downlink_sent={"correlation_ids": list(frame.correlation_ids)})
    assert isinstance(said.body, Downlink)
    assert tts.order_id(said.body.correlation_ids, said.message.correlation_ids) == ORDER
    assert tts.order_id(["as:downlink:01H"], []) is None


@pytest.mark.parametrize(
    ("application", "device_id", "port", "size"),
    [
        pytest.param("Lights@ttn", DEVICE, 60, 3, id="application in capitals"),
        pytest.param("lights/+", DEVICE, 60, 3, id="application with a wildcard"),
        pytest.param(APPLICATION, "olc/12", 60, 3, id="device with a slash"),
        pytest.param(APPLICATION, "#", 60, 3, id="device that is a wildcard"),
        pytest.param(APPLICATION, DEVICE, 0, 3, id="port of the network"),
        pytest.param(APPLICATION, DEVICE, 224, 3, id="port of tests"),
        pytest.param(APPLICATION, DEVICE, 60, 243, id="too long"),
    ],
)
def test_an_impossible_downlink_is_refused(
    application: str, device_id: str, port: int, size: int
) -> None:
    with pytest.raises(EncodeError):
        tts.downlink(application, device_id, port, bytes(size), ORDER)


@pytest.mark.parametrize(
    "topic",
    ["v3/a/devices/b", "v3/a/gateways/b/up", "v3/a/devices/b/down/push", "v2/a/devices/b/up", ""],
)
def test_another_topic_is_refused(topic: str) -> None:
    with pytest.raises(UnknownTopicError):
        tts.parse_message(topic, b"{}")


def test_a_message_must_be_of_the_device_and_kind_of_its_topic() -> None:
    with pytest.raises(MalformedMessageError, match="names device"):
        parse("up", end_device_ids={"device_id": "other"}, uplink_message={})
    with pytest.raises(MalformedMessageError, match="no uplink_message"):
        parse("up", join_accept={})


@given(st.sampled_from(["up", "join", "down/sent", "down/failed", "x"]), st.binary(max_size=300))
def test_junk_is_refused(kind: str, payload: bytes) -> None:
    with pytest.raises(DecodeError):
        tts.parse_message(f"v3/{APPLICATION}/devices/{DEVICE}/{kind}", payload)


def test_a_device_registered_by_its_eui_has_the_name_the_console_gives() -> None:
    assert tts.default_device_id("70b3d50000000001") == "eui-70b3d50000000001"
