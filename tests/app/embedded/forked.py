"""Running a piece of a test in another process, under another account."""

import os
import pickle
import pwd
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def become(account: str) -> None:
    """Give up root for good."""
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


@contextmanager
def process(function: Callable[[], Any], account: str | None = None) -> Iterator[tuple[int, Any]]:
    """A child that ran `function` and now holds what it made, until it is killed with SIGKILL.

    Gives its process id and the function's answer. A fork, because the interpreter itself may be
    out of reach for the other account.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _answer(function, account, writer)
        signal.pause()
        os._exit(0)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb") as pipe:
            failure, answer = pickle.load(pipe)
        assert not failure, answer
        yield pid, answer
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def run(function: Callable[[], Any], account: str | None = None) -> Any:
    """The answer of `function`, from a child that has ended."""
    with process(function, account) as (_, answer):
        return answer


def _answer(function: Callable[[], Any], account: str | None, writer: int) -> None:
    try:
        if account is not None:
            become(account)
        outcome = (False, function())
    except BaseException:
        outcome = (True, traceback.format_exc())
    with os.fdopen(writer, "wb") as pipe:
        pickle.dump(outcome, pipe)
