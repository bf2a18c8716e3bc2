"""Brokers of our own, for what the shared one cannot show: accounts, TLS, restarts."""

import contextlib
import itertools
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.embedded.broker import BrokerAddress, find_mosquitto
from drivers.mqtt import MqttSettings, MqttVersion
from tests.conftest import service_folder
from tests.polling import eventually

_numbers = itertools.count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def name() -> str:
    """A name no other test uses, for client ids and topics."""
    return f"driver-test-{free_port()}-{next(_numbers)}"


def settings(broker: BrokerAddress, **others: Any) -> MqttSettings:
    """A line to the broker that comes back quickly."""
    return MqttSettings(
        host=broker.host,
        port=broker.port,
        client_id=name(),
        reconnect_delay_min=timedelta(milliseconds=50),
        reconnect_delay_max=timedelta(milliseconds=200),
        **others,
    )


class Mosquitto:
    """A Mosquitto that can be stopped and started again on its port, with its files in `folder`."""

    def __init__(self, folder: Path, port: int, lines: Sequence[str]) -> None:
        self.folder = folder
        self.address = BrokerAddress("127.0.0.1", port)
        self._child: subprocess.Popen[bytes] | None = None
        (folder / "mosquitto.conf").write_text("\n".join([*self._usual_lines(), *lines]))

    def _usual_lines(self) -> list[str]:
        return [
            "user root",  # as root it would leave its account, and with it this folder
            f"listener {self.address.port} {self.address.host}",
            "max_queued_messages 0",
            "max_inflight_messages 0",
            f"persistence_location {self.folder}/",
        ]

    def start(self) -> None:
        command = [str(find_mosquitto()), "-c", str(self.folder / "mosquitto.conf")]
        self._child = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._child is not None:
            self._child.terminate()
            self._child.wait()
            self._child = None

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.address.host, self.address.port)) == 0


@contextlib.asynccontextmanager
async def mosquitto(*lines: str, folder: Path | None = None) -> AsyncIterator[Mosquitto]:
    """A broker with these lines in its configuration, stopped at the end."""
    if find_mosquitto() is None:
        pytest.skip("these tests need Mosquitto: apt install mosquitto (or brew, dnf, apk)")
    own = folder or service_folder()
    broker = Mosquitto(own, free_port(), lines)
    try:
        broker.start()
        await eventually(broker.answers)
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(own, ignore_errors=True)


VERSIONS = pytest.mark.parametrize("version", list(MqttVersion), ids=lambda version: f"v{version}")
