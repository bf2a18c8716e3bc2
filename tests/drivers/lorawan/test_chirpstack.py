"""Messages of ChirpStack 4: events as documented, junk refused, downlinks as documented."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import DecodeError, EncodeError, MalformedMessageError, UnknownTopicError
from drivers.lorawan.chirpstack import (
    AckEvent,
    AnyEvent,
    DeviceInfo,
    IntegrationEvent,
    JoinEvent,
    LocationEvent,
    LogEvent,
    Lora,
    Modulation,
    Reception,
    StatusEvent,
    TransmitInfo,
    TxAckEvent,
    UplinkEvent,
    downlink,
    encode_event,
    parse_downlink,
    parse_event,
)

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/chirpstack.json").read_text())
EVENTS = [vector for vector in VECTORS if "message" in vector]
KINDS = {
    "join": JoinEvent,
    "ack": AckEvent,
    "txack": TxAckEvent,
    "log": LogEvent,
    "location": LocationEvent,
}

APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
DEVICE = "0101010101010101"
ITEM = UUID("42cb6459-a640-46ec-9623-bdff39dc4736")
AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
DEVICE_INFO = {"applicationId": APPLICATION, "devEui": DEVICE}


def topic(event: str, device: str = DEVICE) -> str:
    return f"application/{APPLICATION}/device/{device}/event/{event}"


def parse(event: str, **message: Any) -> AnyEvent:
    full = {"time": "2026-10-24T18:30:00Z", "deviceInfo": DEVICE_INFO, **message}
    return parse_event(topic(event), json.dumps(full).encode())


@pytest.mark.parametrize("vector", EVENTS, ids=lambda vector: vector["expected"]["event"])
def test_a_documented_event_is_read(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    event = parse_event(vector["topic"], json.dumps(vector["message"]).encode())
    assert isinstance(event, KINDS[expected["event"]])
    assert event.dev_eui == expected["dev_eui"]
    assert abs(event.time - datetime.fromisoformat(expected["time"])) <= timedelta(microseconds=1)
    told = {
        name: getattr(event, name)
        for name in expected
        if name not in ("event", "dev_eui", "time", "latitude", "longitude")
    }
    assert told == {name: expected[name] for name in told}
    if isinstance(event, LocationEvent):
        assert event.location is not None
        assert event.location.latitude == expected["latitude"]
        assert event.location.longitude == expected["longitude"]


def test_the_documented_downlink_is_written() -> None:
    (vector,) = [vector for vector in VECTORS if vector["kind"] == "lorawan-downlink"]
    expected = vector["expected"]
    to, message = downlink(
        APPLICATION,
        expected["message"]["devEui"],
        expected["message"]["fPort"],
        bytes.fromhex(vector["hex"]),
        ITEM,
        confirmed=True,
    )
    assert to == expected["topic"]
    assert json.loads(message) == {**expected["message"], "id": str(ITEM)}


def test_an_uplink_is_read() -> None:
    event = parse(
        "up",
        deduplicationId="3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        devAddr="00189440",
        adr=True,
        dr=1,
        fCnt=7,
        fPort=26,
        confirmed=True,
        data=b64encode(b"\x00\xff").decode(),
        rxInfo=[
            {"gatewayId": "0016c001f153a14c", "rssi": -110, "snr": -4.5, "context": "E3OWOQ=="},
            {"gatewayId": "0016c001f153a14d", "rssi": -97, "snr": 6.25, "metadata": {"a": "b"}},
        ],
        txInfo={"frequency": 868100000, "modulation": {"lora": {"spreadingFactor": 9}}},
        object={"anything": [1, 2]},
    )
    assert isinstance(event, UplinkEvent)
    assert (event.f_port, event.f_cnt, event.data) == (26, 7, b"\x00\xff")
    assert event.time == AT
    assert event.application_id == APPLICATION
    assert event.best_reception == Reception("0016c001f153a14d", rssi=-97, snr=6.25)
    assert event.tx_info == TransmitInfo(868_100_000, 0, Modulation(Lora(spreading_factor=9)))


def test_fields_left_out_have_their_defaults() -> None:
    event = parse("up")
    assert isinstance(event, UplinkEvent)
    assert (event.f_cnt, event.f_port, event.adr, event.confirmed) == (0, 0, False, False)
    assert event.data == b""
    assert event.best_reception is None


def test_an_ack_that_does_not_say_so_is_none() -> None:
    event = parse("ack", queueItemId=str(ITEM))
    assert isinstance(event, AckEvent)
    assert event.acknowledged is False
    assert event.f_cnt_down == 0


def test_a_status_at_its_defaults_is_read() -> None:
    event = parse("status")
    assert event == StatusEvent(
        time=AT, device_info=DeviceInfo(application_id=APPLICATION, dev_eui=DEVICE)
    )


def test_an_expired_downlink_names_its_queue_item() -> None:
    event = parse("log", level="ERROR", code="EXPIRED", context={"queue_item_id": str(ITEM)})
    assert isinstance(event, LogEvent)
    assert event.queue_item_id == str(ITEM)


def test_an_integration_event_is_read() -> None:
    event = parse("integration", integrationName="loracloud", object={"fix": {"n": 1}})
    assert isinstance(event, IntegrationEvent)
    assert event.object == {"fix": {"n": 1}}


@pytest.mark.parametrize(
    "unknown",
    [
        "",
        "eu868/gateway/0016c001f153a14c/event/up",
        f"application/{APPLICATION}/device/{DEVICE}/event",
        f"application/{APPLICATION}/device/{DEVICE}/event/rumour",
        f"application/{APPLICATION}/device/{DEVICE}/command/down",
    ],
)
def test_a_topic_of_no_event_is_named(unknown: str) -> None:
    with pytest.raises(UnknownTopicError) as raised:
        parse_event(unknown, b"{}")
    assert raised.value.code == "topic_unknown"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"[]", "Expected `object`"),
        (b"{}", "time"),
        (b'{"time":"yesterday"}', "time"),
        (b'{"time":"2026-10-24T18:30:00","deviceInfo":{"devEui":"0101010101010101"}}', "offset"),
        (b'{"time":"2026-10-24T18:30:00Z","deviceInfo":{}}', "topic names"),
        (b'{"time":"2026-10-24T18:30:00Z","deviceInfo":{"devEui":"ff"},"fCnt":"7"}', "fCnt"),
        (b'{"time":"2026-10-24T18:30:00Z","deviceInfo":{"devEui":"ff"},"data":"!"}', "data"),
        (b'{"time":"2026-10-24T18:30:00Z","deviceInfo":{"devEui":"\xff"}}', "event"),
        (b'{"anything":' + b"[" * 100_000, "event"),
    ],
)
def test_a_malformed_message_says_where(message: bytes, says: str) -> None:
    with pytest.raises(MalformedMessageError, match=says) as raised:
        parse_event(topic("up"), message)
    assert raised.value.code == "message_malformed"


def test_a_message_may_not_speak_for_another_device() -> None:
    message = json.dumps({"time": "2026-10-24T18:30:00Z", "deviceInfo": DEVICE_INFO}).encode()
    with pytest.raises(MalformedMessageError, match="topic names device 0202020202020202"):
        parse_event(topic("up", "0202020202020202"), message)


@given(message=st.binary(max_size=200), event=st.sampled_from(["up", "ack", "log", "what"]))
@settings(max_examples=500)
def test_any_bytes_are_refused_as_unreadable(message: bytes, event: str) -> None:
    with pytest.raises(DecodeError):
        parse_event(topic(event), message)


@given(vector=st.sampled_from(EVENTS), at=st.integers(0, 5000), byte=st.integers(0, 255))
@settings(max_examples=1000)
def test_a_damaged_event_is_read_or_refused(vector: dict[str, Any], at: int, byte: int) -> None:
    message = bytearray(json.dumps(vector["message"]).encode())
    message[at % len(message)] = byte
    try:
        event = parse_event(vector["topic"], bytes(message))
    except DecodeError:
        return
    assert event.dev_eui == vector["expected"]["dev_eui"]


def test_a_downlink_carries_our_id_and_its_end() -> None:
    paris = timezone(timedelta(hours=2))
    to, message = downlink(
        APPLICATION, DEVICE, 60, b"\x01\xfe\x64", ITEM, expires_at=AT.astimezone(paris)
    )
    assert to == f"application/{APPLICATION}/device/{DEVICE}/command/down"
    assert json.loads(message) == {
        "id": str(ITEM),
        "devEui": DEVICE,
        "fPort": 60,
        "data": "Af5k",
        "expiresAt": "2026-10-24T18:30:00Z",
    }


@pytest.mark.parametrize(
    ("device", "port", "size", "says"),
    [
        ("01AB010101010101", 60, 3, "lower-case"),
        ("0101", 60, 3, "16"),
        (DEVICE, 0, 3, "port 0"),
        (DEVICE, 224, 3, "port 224"),
        (DEVICE, 60, 243, "243 bytes"),
    ],
)
def test_a_downlink_lorawan_cannot_carry_is_refused(
    device: str, port: int, size: int, says: str
) -> None:
    with pytest.raises(EncodeError, match=says):
        downlink(APPLICATION, device, port, bytes(size), ITEM)


@given(
    data=st.binary(max_size=242),
    counter=st.integers(0, 2**32 - 1),
    port=st.integers(0, 223),
    rssi=st.integers(-140, 0),
)
def test_an_event_a_simulator_publishes_is_read_back(
    data: bytes, counter: int, port: int, rssi: int
) -> None:
    event = UplinkEvent(
        time=AT,
        device_info=DeviceInfo(application_id=APPLICATION, dev_eui=DEVICE),
        f_cnt=counter,
        f_port=port,
        data=data,
        rx_info=(Reception("0016c001f153a14c", rssi=rssi),),
    )
    assert parse_event(*encode_event(event)) == event


def test_what_is_at_its_default_is_left_out_by_a_simulator_too() -> None:
    event = UplinkEvent(time=AT, device_info=DeviceInfo(dev_eui=DEVICE))
    _, message = encode_event(event)
    assert json.loads(message) == {
        "time": "2026-10-24T18:30:00Z",
        "deviceInfo": {"devEui": DEVICE},
    }


def test_a_downlink_is_read_back_by_a_simulator() -> None:
    command = parse_downlink(*downlink(APPLICATION, DEVICE, 60, b"\x01", ITEM, expires_at=AT))
    assert (command.id, command.f_port, command.data) == (str(ITEM), 60, b"\x01")
    assert command.expires_at == AT
    with pytest.raises(UnknownTopicError):
        parse_downlink(topic("up"), b"{}")
    with pytest.raises(MalformedMessageError):
        parse_downlink(f"application/a/device/{DEVICE}/command/down", b"{}")
