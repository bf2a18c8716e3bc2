"""The embedded broker: the real Mosquitto, and its fallback."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from app.embedded.broker import (
    BrokerAddress,
    EmbeddedBroker,
    find_mosquitto,
    mosquitto_configuration,
)
from app.embedded.errors import EmbeddedServiceError
from tests.app.embedded import forked
from tests.polling import eventually

pytestmark = [
    pytest.mark.broker,
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="reverbere-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(params=["mosquitto", "amqtt"])
def program(request: pytest.FixtureRequest) -> Path | None:
    """The program of the broker; None is the fallback that comes with us."""
    if request.param == "amqtt":
        return None
    found = find_mosquitto()
    if found is None:
        pytest.skip("Mosquitto is not installed: apt install mosquitto")
    return found


async def exchange(address: BrokerAddress, payload: bytes) -> bytes:
    """What a subscriber gets of a published message, at QoS 1."""
    received: list[bytes] = []
    subscribed: list[bool] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_: client.subscribe("lamp", qos=1)
    client.on_subscribe = lambda *_: subscribed.append(True)
    client.on_message = lambda _client, _data, message: received.append(message.payload)
    client.connect(address.host, address.port)
    client.loop_start()
    try:
        await eventually(lambda: subscribed)
        client.publish("lamp", payload, qos=1)
        await eventually(lambda: received)
    finally:
        client.disconnect()
        client.loop_stop()
    return received[0]


def is_listening(address: BrokerAddress) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) == 0


async def test_a_message_passes_and_stop_frees_the_port(folder: Path, program: Path | None) -> None:
    broker = EmbeddedBroker(folder, mosquitto=program)
    with broker as address:
        assert await exchange(address, b"on") == b"on"
    assert broker.pid is None
    assert not is_listening(address)


async def test_it_ends_with_a_killed_owner(folder: Path, program: Path | None) -> None:
    with forked.process(EmbeddedBroker(folder, mosquitto=program).start) as (owner, address):
        assert is_listening(address)
        os.kill(owner, signal.SIGKILL)
    await eventually(lambda: not is_listening(address))


def test_a_taken_port_is_said_in_one_sentence(folder: Path, program: Path | None) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        with pytest.raises(EmbeddedServiceError, match=f"Port {port} is taken") as refusal:
            EmbeddedBroker(folder, port=port, mosquitto=program).start()
    assert "\n" not in str(refusal.value)


def test_a_broker_that_fails_says_why(folder: Path) -> None:
    with pytest.raises(EmbeddedServiceError, match="did not start: it left no message"):
        EmbeddedBroker(folder, mosquitto=Path("/bin/false")).start()


def test_mosquitto_listens_on_loopback_only_and_drops_nothing(folder: Path) -> None:
    lines = mosquitto_configuration(BrokerAddress("127.0.0.1", 1884), folder).splitlines()
    assert [line for line in lines if line.startswith("listener")] == ["listener 1884 127.0.0.1"]
    assert "max_queued_messages 0" in lines
    assert "max_inflight_messages 0" in lines
