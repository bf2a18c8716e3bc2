"""The demo as a newcomer starts it: the real command, from first line to Ctrl-C."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.conftest import service_folder
from tests.polling import eventually
from tests.processes import descendants, is_alive

OPEN_WITHIN_S = 180
# The usual city takes a minute to make; the command is the same for a small one.
SMALL_CITY = ("--lamps", "40", "--nights", "3")
STOP_WITHIN_S = 60

pytestmark = [pytest.mark.database, pytest.mark.broker]


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """Kept between the tests of this module, as between two starts of the demo."""
    made = service_folder()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def demo(data_dir: Path, port: int) -> AsyncIterator[Process]:
    """`reverbere demo` under way; whatever a test does, it is stopped at the end."""
    environment = {
        **os.environ,
        "REVERBERE_DATA_DIR": str(data_dir),
        "REVERBERE_HTTP__PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "demo", *SMALL_CITY),
        cwd=ROOT,
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)


async def lines_until(process: Process, wanted: str) -> list[str]:
    """What it said up to the line that holds `wanted`."""
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(OPEN_WITHIN_S):
        while not said or wanted not in said[-1]:
            line = await process.stdout.readline()
            assert line, f"it ended after saying {said}"
            said.append(line.decode().rstrip())
    return said


def status_of(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        status: int = answer.status
        return status


async def test_it_opens_says_where_and_leaves_nothing_behind(data_dir: Path) -> None:
    port = free_port()
    async with demo(data_dir, port) as process:
        said = await lines_until(process, "Ctrl-C stops everything")
        assert f"Réverbère is open at http://127.0.0.1:{port}/" in said
        assert any("operator@demo.city" in line for line in said)
        ready = f"http://127.0.0.1:{port}/health/ready"
        assert await asyncio.to_thread(status_of, ready) == 200
        started = descendants(process.pid)
        assert len(started) >= 4  # database, broker, server, worker

        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), STOP_WITHIN_S) == 0
        assert [pid for pid in started if is_alive(pid)] == []


async def test_killed_without_warning_it_takes_everything_down(data_dir: Path) -> None:
    async with demo(data_dir, free_port()) as process:
        await lines_until(process, "Ctrl-C stops everything")
        started = descendants(process.pid)
        process.kill()
        await process.wait()
        await eventually(lambda: not any(is_alive(pid) for pid in started), within_s=STOP_WITHIN_S)


async def test_a_taken_port_is_said_in_one_sentence(data_dir: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        async with demo(data_dir, port) as process:
            _, said = await asyncio.wait_for(process.communicate(), OPEN_WITHIN_S)
        assert process.returncode == 1
        sentence = said.decode().strip()
        assert sentence.startswith(f"Port {port} of 127.0.0.1 cannot be used")
        assert "\n" not in sentence
