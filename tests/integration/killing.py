"""A worker process, PostgreSQL and Mosquitto of our own, to be killed and started again."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.embedded import process
from app.embedded.broker import EmbeddedBroker, find_mosquitto
from app.embedded.postgres import EmbeddedPostgres
from migrations import run
from tests.conftest import service_folder
from tests.polling import eventually
from tests.processes import is_alive

CHECKOUT = Path(__file__).parents[2]
LOG_TAIL_LINES = 25
# What a killed process has written, the system keeps: only a power cut takes what is not synced.
# Commits are waited for as in earnest.
SAFE_FROM_KILLS = {"fsync": "off"}


class Victim(StrEnum):
    """What can be killed."""

    WORKER = "worker"
    DATABASE = "database"
    BROKER = "broker"


@dataclass
class Services:
    """The three processes; all are started from the main thread, whose end they share."""

    postgres: EmbeddedPostgres
    broker: EmbeddedBroker
    folder: Path
    environment: Mapping[str, str]
    worker: "subprocess.Popen[bytes] | None" = None
    pids: dict[Victim, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.postgres.url

    @property
    def worker_log(self) -> Path:
        return self.folder / "worker.log"

    def start(self, victim: Victim) -> None:
        """Start one of them, at its old address and with its old files."""
        match victim:
            case Victim.DATABASE:
                self.postgres.start()
                pid = self.postgres.pid
            case Victim.BROKER:
                self.broker.stop()  # bury the killed one
                self.broker.start()
                pid = self.broker.pid
            case Victim.WORKER:
                if self.worker is not None:
                    self.worker.wait()
                self.worker = self._spawn_worker()
                pid = self.worker.pid
        assert pid is not None, f"the {victim} is not there after its start"
        self.pids[victim] = pid

    async def kill(self, victim: Victim) -> None:
        """kill -9, and wait until the process is gone."""
        pid = self.pids.pop(victim)
        assert is_alive(pid), f"the {victim} ended by itself\n{self.last_words()}"
        os.kill(pid, signal.SIGKILL)
        await eventually(lambda: not is_alive(pid))

    def stop_worker(self) -> None:
        """Ask the worker to end; it must do so by itself and in order."""
        assert self.worker is not None
        process.stop(self.worker)
        assert self.worker.returncode == 0, self.last_words()

    def stop(self) -> None:
        """End what runs, in whatever state a failed test left it."""
        with contextlib.ExitStack() as stack:
            stack.callback(self.postgres.stop)
            stack.callback(self.broker.stop)
            if self.worker is not None:
                stack.callback(self.worker.wait)
                stack.callback(self.worker.kill)

    def last_words(self) -> str:
        """The end of the worker's log, for the message of a failed test."""
        lines = self.worker_log.read_text(errors="replace").splitlines()
        return "\n".join(["the worker's last words:", *lines[-LOG_TAIL_LINES:]])

    def _spawn_worker(self) -> "subprocess.Popen[bytes]":
        return process.spawn(
            [sys.executable, "-m", "app", "work"],
            folder=CHECKOUT,
            log=self.worker_log,
            environment={**os.environ, **self.environment},
            death_signal=signal.SIGKILL,
        )


@contextlib.contextmanager
def services(now: datetime) -> Iterator[Services]:
    """Database, broker and a worker for which it is `now`; none is left when the block ends."""
    with contextlib.ExitStack() as stack:
        folders = [service_folder() for _ in range(3)]
        for folder in folders:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = EmbeddedPostgres(folders[0], settings=SAFE_FROM_KILLS)
        broker = EmbeddedBroker(folders[1], mosquitto=find_mosquitto())
        environment = {
            "REVERBERE_DATABASE__URL": postgres.url,
            "REVERBERE_MQTT__HOST": broker.address.host,
            "REVERBERE_MQTT__PORT": str(broker.address.port),
            "REVERBERE_DEMO": "true",
            "REVERBERE_CLOCK__ORIGIN": now.isoformat(),
            "REVERBERE_CLOCK__STARTED_AT": datetime.now(UTC).isoformat(),
        }
        built = Services(postgres, broker, folders[2], environment)
        stack.callback(built.stop)
        built.start(Victim.DATABASE)
        built.start(Victim.BROKER)
        run.upgrade(built.url)
        built.start(Victim.WORKER)
        yield built
