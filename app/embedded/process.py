"""Child processes that end with the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.embedded.account import Account

# linux/prctl.h: ask the kernel for a signal when the parent dies.
_PR_SET_PDEATHSIG = 1

# How long a child may take to end after being asked, before it is killed.
STOP_WAIT_S = 20.0


def spawn(
    command: Sequence[str],
    *,
    folder: Path,
    log: Path | None = None,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> "subprocess.Popen[bytes]":
    """Start a child in `folder`, its output appended to `log` (or shared with ours).

    The child has its own session, so Ctrl-C reaches only us and we stop things in order. On Linux
    it gets `death_signal` when we die, however we die; that bond is with the calling *thread*,
    hence the main thread only.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("spawn from the main thread: a child ends with the thread that made it")
    output = None if log is None else log.open("ab")
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            preexec_fn=_bond_with_parent(death_signal),
            **(account.credentials() if account else {}),
        )
    finally:
        if output is not None:
            output.close()


def stop(child: "subprocess.Popen[bytes]", *, wait_s: float = STOP_WAIT_S) -> None:
    """Ask a child to end, wait, and kill it when it does not."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(wait_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _bond_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def bond() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # died between fork and prctl
            os._exit(1)

    return bond
