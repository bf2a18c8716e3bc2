"""An embedded MQTT broker: Mosquitto when it is installed, otherwise amqtt in a child process.

It listens on the loopback address only, and anyone on this machine may use it: enough for the demo,
the tests and a first try. In production the broker is outside, with accounts and TLS, and named by
`REVERBERE_MQTT__HOST`. amqtt keeps its queues in memory and forwards some 10,000 messages a second;
Mosquitto saves them every few seconds and when it stops.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from app.embedded import process
from app.embedded.account import Account, own_account, own_folder, service_account
from app.embedded.errors import EmbeddedServiceError

LOOPBACK = "127.0.0.1"
START_WAIT_S = 15
# What a power cut of the broker may cost: the messages it took in since its last save.
SAVE_INTERVAL_S = 5

# Debian keeps it out of an ordinary user's PATH.
_SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where a broker listens."""

    host: str
    port: int


def find_mosquitto() -> Path | None:
    """The Mosquitto of this machine, if it is installed."""
    search = os.pathsep.join([os.environ.get("PATH", ""), _SYSTEM_FOLDERS])
    found = shutil.which("mosquitto", path=search)
    return Path(found) if found else None


class EmbeddedBroker:
    """One broker with its files in `folder`: that Mosquitto, or amqtt; port 0 takes a free one."""

    def __init__(self, folder: Path, *, mosquitto: Path | None, port: int = 0) -> None:
        self.folder = folder.absolute()
        self.log = self.folder / "broker.log"
        self.address = BrokerAddress(LOOPBACK, port or _free_port())
        self._mosquitto = mosquitto
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running broker."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> BrokerAddress:
        """Start the broker and wait until it answers."""
        if _answers(self.address):
            raise EmbeddedServiceError(
                f"Port {self.address.port} is taken by another program: stop it, or set "
                "REVERBERE_MQTT__PORT to a free port (or REVERBERE_MQTT__HOST to use that broker)."
            )
        account = service_account(self.folder) if self._mosquitto else own_account()
        own_folder(self.folder, account)
        self._child = self._spawn(account)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Stop the broker; harmless when it is not running."""
        if self._child is not None:
            process.stop(self._child)
            self._child = None

    def __enter__(self) -> BrokerAddress:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _spawn(self, account: Account) -> "subprocess.Popen[bytes]":
        self.log.write_bytes(b"")
        if self._mosquitto is None:
            bind = f"{self.address.host}:{self.address.port}"
            command = [sys.executable, "-m", "app.embedded.amqtt_broker", bind]
            checkout = Path(__file__).parents[2]
            return process.spawn(command, folder=checkout, log=self.log, account=account)
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(mosquitto_configuration(self.address, self.folder))
        configuration.chmod(0o644)
        command = [str(self._mosquitto), "-c", str(configuration)]
        return process.spawn(command, folder=self.folder, log=self.log, account=account)

    def _wait_until_ready(self) -> None:
        assert self._child is not None
        deadline = time.monotonic() + START_WAIT_S
        while not _answers(self.address):
            if self._child.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedServiceError(
                    f"The MQTT broker did not start: {_last_line(self.log)} "
                    f"(its log is {self.log})."
                )
            time.sleep(_POLL_S)


def best_broker(folder: Path, *, port: int = 0) -> EmbeddedBroker:
    """The best this machine has: `with best_broker(folder) as address: …`."""
    return EmbeddedBroker(folder, mosquitto=find_mosquitto(), port=port)


def mosquitto_configuration(address: BrokerAddress, folder: Path) -> str:
    """Mosquitto's configuration file.

    Its default limits drop acknowledged messages (1,000 queued per client), so they are lifted:
    what is queued here is bounded by what one demo city sends.
    """
    return f"""\
# Written at each start by Réverbère.
listener {address.port} {address.host}
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval {SAVE_INTERVAL_S}
max_queued_messages 0
max_inflight_messages 0
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(address: BrokerAddress) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) == 0


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    written = [line.strip() for line in lines if line.strip()]
    return written[-1] if written else "it left no message"
