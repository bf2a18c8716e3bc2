"""Runs our processes side by side on one machine and ends them together."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.embedded import process

# How often the children are looked at: often enough for a person, cheap enough for a battery.
LOOK_EVERY_S = 0.25
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CODE_FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Child:
    """A process of ours, under the name a person reads."""

    name: str
    running: "subprocess.Popen[bytes]"
    log: Path | None


class Supervisor:
    """Starts children; when the block ends, for whatever reason, all of them have ended."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        path = os.pathsep.join(filter(None, [str(CODE_FOLDER), os.environ.get("PYTHONPATH")]))
        self._environment = {**os.environ, **environment, "PYTHONPATH": path}
        self._children: list[Child] = []

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        while self._children:
            process.stop(self._children.pop().running)

    def start(self, name: str, arguments: Sequence[str], *, log: Path | None = None) -> Child:
        """Start `python -m …` under `name`; it writes to a fresh `log`, or to our terminal."""
        if log is not None:
            log.write_bytes(b"")
        running = process.spawn(
            [sys.executable, "-m", *arguments],
            folder=Path.cwd(),
            log=log,
            environment=self._environment,
        )
        child = Child(name, running, log)
        self._children.append(child)
        return child

    def first_ended(self) -> Child | None:
        """A child that ended by itself, if one did."""
        return next((child for child in self._children if child.running.poll() is not None), None)

    def wait(self) -> Child:
        """Wait until a child ends by itself; a stop signal leaves through KeyboardInterrupt."""
        pause = threading.Event()
        while True:
            ended = self.first_ended()
            if ended is not None:
                return ended
            pause.wait(LOOK_EVERY_S)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first Ctrl-C, kill or closed terminal into KeyboardInterrupt, and ignore the rest.

    What follows the first is our own tidying up, which must not be cut short.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
