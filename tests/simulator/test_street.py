"""Simulated controllers speak real frames: what they send, the product's own codec reads."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from drivers.lorawan import the_things_stack as tts
from drivers.lorawan.nas.downlinks import set_level
from simulator.city import City
from simulator.model import Lamp, SeededFault, TruthKind
from simulator.radio import PERFECT_AIR
from simulator.servers import SERVERS
from simulator.servers.model import BadCommandError, Message, QueuedDownlink
from simulator.street import Rhythm, Street, even_steps

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"


def street(
    count: int = 10,
    faults: list[SeededFault] | None = None,
    network: str = f"chirpstack:{APPLICATION}",
) -> Street:
    lamps = [
        Lamp(f"{n:016x}", network, "0016c001f153a14c", 60.0, 1.0, 43.6, 3.88) for n in range(count)
    ]
    return Street(City(lamps, AT, faults or []), Rhythm(), PERFECT_AIR)


def dim(lamp: int, level_percent: int) -> QueuedDownlink:
    frame = set_level(level_percent)
    return QueuedDownlink(f"{lamp:016x}", "item", frame.port, frame.payload)


def by_kind(messages: list[tuple[datetime, Message]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for _, message in messages:
        document = json.loads(message.payload)
        kind = message.topic.rsplit("/", 1)[1]
        name = f"{kind}:{document['fPort']}" if kind == "up" else kind
        found[name] = found.get(name, 0) + 1
    return found


def test_each_controller_reports_on_its_own_rhythm() -> None:
    one = street(20)
    heard = [
        message
        for instant in even_steps(AT, AT + timedelta(hours=2), timedelta(minutes=1))
        for message in one.tick(instant)
    ]
    assert by_kind(heard) == {"up:26": 80, "up:23": 40}


def test_an_order_is_transmitted_taken_and_echoed() -> None:
    one = street(2)
    one.receive([dim(1, 40)], AT)
    heard = one.tick(AT + timedelta(seconds=1))
    assert one.city.level_percent.tolist() == [0, 40]
    assert by_kind(heard) == {"txack": 1, "up:60": 1}


def test_a_silent_controller_neither_obeys_nor_answers() -> None:
    one = street(1, [SeededFault(0, TruthKind.COMMUNICATION_LOSS, AT)])
    one.receive([dim(0, 40)], AT)
    assert one.tick(AT + timedelta(hours=3)) == []
    assert one.city.level_percent.tolist() == [0]


def test_default_values_are_left_out_as_chirpstack_does() -> None:
    one = street(1)
    first = one.tick(AT + timedelta(minutes=30))[0][1]
    document = json.loads(first.payload)
    assert "fCnt" not in document
    assert base64.b64decode(document["data"])
    assert first.topic == f"application/{APPLICATION}/device/{0:016x}/event/up"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        pytest.param("application/a/device/01/command/down", b"{", id="not JSON"),
        pytest.param(
            "application/a/device/01/command/down",
            b'{"devEui":"02","fPort":60,"data":"Af5k"}',
            id="another device",
        ),
        pytest.param(
            "application/a/device/01/command/down",
            b'{"devEui":"01","fPort":0,"data":"Af5k"}',
            id="port 0",
        ),
        pytest.param(
            "application/a/device/01/command/down",
            b'{"devEui":"01","fPort":60,"data":"%"}',
            id="not base64",
        ),
    ],
)
def test_a_bad_downlink_request_is_refused(topic: str, payload: bytes) -> None:
    with pytest.raises(BadCommandError):
        SERVERS["chirpstack"].read_command(topic, payload)


def test_a_lamp_of_the_things_stack_speaks_and_obeys_as_the_driver_expects() -> None:
    one = street(1, network="tts:streetlights@dijon")
    frame = set_level(40)
    topic, payload = tts.downlink(
        "streetlights@dijon", f"eui-{0:016x}", frame.port, frame.payload, "item"
    )
    one.receive([SERVERS["tts"].read_command(topic, payload)], AT)
    heard = [message for _, message in one.tick(AT + timedelta(minutes=31))]
    said = [tts.parse_message(message.topic, message.payload) for message in heard]
    assert one.city.level_percent.tolist() == [40]
    assert {each.kind for each in said} == {"down/sent", "up"}
    (sent,) = (each.body for each in said if each.kind == "down/sent")
    assert sent.correlation_ids == ("reverbere:item",)


@pytest.mark.parametrize(
    "payload", [b"{", b'{"downlinks":[]}', b'{"downlinks":[{"f_port":60,"frm_payload":"%"}]}']
)
def test_a_bad_request_to_the_things_stack_is_refused(payload: bytes) -> None:
    with pytest.raises(BadCommandError):
        SERVERS["tts"].read_command("v3/a@b/devices/olc-01/down/push", payload)


def test_lamps_on_other_networks_live_along_in_silence() -> None:
    one = street(3, network="modbus:gare")
    one.receive([dim(1, 40)], AT)
    assert one.tick(AT + timedelta(hours=2)) == []
    assert one.city.at == AT + timedelta(hours=2)
