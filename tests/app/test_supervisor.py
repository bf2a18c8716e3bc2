"""Our processes on one machine: started together, ended together."""

import os
import signal
from pathlib import Path

import pytest

from app.supervisor import Supervisor, interruptible
from tests.app.embedded import forked
from tests.polling import eventually
from tests.processes import is_alive

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

ENDLESS = ["http.server", "0", "--bind", "127.0.0.1"]
ENDS_AT_ONCE = ["this"]


def test_all_have_ended_when_the_block_ends(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Supervisor({}) as supervisor:
        children = [supervisor.start(f"child {n}", ENDLESS, log=log) for n in range(2)]
        assert all(is_alive(child.running.pid) for child in children)
    assert not any(is_alive(child.running.pid) for child in children)


def test_the_one_that_ends_by_itself_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Supervisor({}) as supervisor:
        supervisor.start("server", ENDLESS, log=log)
        supervisor.start("poet", ENDS_AT_ONCE, log=log)
        assert supervisor.wait().name == "poet"


async def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def supervise() -> int:
        return Supervisor({}).start("server", ENDLESS, log=log).running.pid

    with forked.process(supervise) as (supervisor, child):
        assert is_alive(child)
        os.kill(supervisor, signal.SIGKILL)
        await eventually(lambda: not is_alive(child))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_interrupts_once(number: signal.Signals) -> None:
    with interruptible():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.raise_signal(number)  # ignored: what runs now is our own tidying up
