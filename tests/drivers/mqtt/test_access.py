"""Who may speak to the broker, and over which line: accounts, TLS, client certificates."""

import asyncio
import logging
import subprocess
from pathlib import Path

import pytest

from app.embedded.broker import BrokerAddress
from drivers.mqtt import MqttLink, TlsSettings
from tests.conftest import service_folder
from tests.drivers.mqtt.brokers import mosquitto, name, settings
from tests.polling import eventually


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def keys() -> Path:
    """A certificate authority, a server and a client, in a folder the broker can read."""
    folder = service_folder()
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl(
        folder,
        *["req", "-x509", *new, "-subj", "/CN=test authority", "-keyout", "ca.key"],
        *["-out", "ca.crt"],
    )
    for who in ("server", "client"):
        openssl(
            folder,
            *["req", "-x509", *new, "-subj", f"/CN={who}", "-keyout", f"{who}.key"],
            *["-CA", "ca.crt", "-CAkey", "ca.key", "-out", f"{who}.crt"],
            *["-addext", "subjectAltName=IP:127.0.0.1"],
            *["-addext", "basicConstraints=critical,CA:FALSE"],
        )
    return folder


@pytest.fixture
def passwords() -> Path:
    """A folder with a password file: reverbere, lumen."""
    folder = service_folder()
    command = ["mosquitto_passwd", "-c", "-b", "passwords", "reverbere", "lumen"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


async def test_an_account_opens_the_broker(passwords: Path) -> None:
    async with mosquitto(f"password_file {passwords}/passwords", folder=passwords) as broker:
        line = settings(broker.address, username="reverbere", password="lumen")
        async with MqttLink(line) as link:
            await link.publish(name(), b"x")


async def test_a_wrong_account_is_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with mosquitto("allow_anonymous false") as broker:
        with caplog.at_level(logging.ERROR, logger="drivers.mqtt.session"):
            async with MqttLink(settings(broker.address)) as link:
                await eventually(lambda: len(refusals(caplog)) >= 2)
                assert not link.figures.is_ready


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.message for record in caplog.records if record.message == "mqtt connection refused"
    ]


async def test_a_broker_known_to_the_authority_is_spoken_to(keys: Path) -> None:
    async with mosquitto(*tls_lines(keys), "allow_anonymous true", folder=keys) as broker:
        tls = TlsSettings(ca_file=keys / "ca.crt")
        topic = name()
        async with MqttLink(settings(broker.address, tls=tls, subscriptions=[topic])) as link:
            await link.ready()
            payloads = [bytes((number,)) * 5000 for number in range(200)]
            await asyncio.gather(*(link.publish(topic, payload) for payload in payloads))
            await eventually(lambda: link.figures.received_count == 200)


async def test_a_client_certificate_opens_the_broker(keys: Path) -> None:
    lines = [*tls_lines(keys), "require_certificate true", "use_identity_as_username true"]
    async with mosquitto(*lines, folder=keys) as broker:
        tls = TlsSettings(keys / "ca.crt", keys / "client.crt", keys / "client.key")
        async with MqttLink(settings(broker.address, tls=tls)) as link:
            await link.publish(name(), b"x")


async def test_a_broker_unknown_to_the_authority_is_not_spoken_to(
    keys: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mosquitto(*tls_lines(keys), "allow_anonymous true", folder=keys) as broker:
        with caplog.at_level(logging.WARNING, logger="drivers.mqtt.network"):
            async with MqttLink(settings(broker.address, tls=TlsSettings())) as link:
                await eventually(lambda: "mqtt connection failed" in caplog.messages)
                assert not link.figures.is_ready
                assert "certificate verify failed" in str(
                    [vars(record).get("error") for record in caplog.records]
                )


def tls_lines(keys: Path) -> list[str]:
    return [f"cafile {keys}/ca.crt", f"certfile {keys}/server.crt", f"keyfile {keys}/server.key"]


async def test_a_refused_subscription_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x20\x02\x00\x00")  # connected
        subscribe = await reader.read(1000)
        writer.write(b"\x90\x03" + subscribe[2:4] + b"\x80")  # its one subscription refused
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    address = BrokerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    with caplog.at_level(logging.ERROR, logger="drivers.mqtt.session"):
        async with server, MqttLink(settings(address, subscriptions=["secret"])) as link:
            await link.ready()
    assert "mqtt subscription refused" in caplog.messages


async def test_a_server_that_does_not_speak_mqtt_is_left_and_tried_again() -> None:
    visits = 0

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        writer.write(b"\x30\xff\xff\xff\xff\xff")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    address = BrokerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    async with server, MqttLink(settings(address)) as link:
        await eventually(lambda: visits >= 2)
        assert not link.figures.is_ready
