"""Preparing a checkout: what is done is not done again, and failures say what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from make.step import ROOT, PreparationError, Step, call, digest, explain, perform


class Work:
    """Counts how often a step was done, and fails when told to."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False

    def __call__(self) -> None:
        self.times += 1
        if self.fails:
            raise PreparationError("the work failed")


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def step(tmp_path: Path, work: Work) -> Callable[[str], Step]:
    return lambda inputs: Step("s", "Working", tmp_path / "stamp", lambda: inputs, work)


def test_what_is_done_is_not_done_again(step: Callable[[str], Step], work: Work) -> None:
    perform(step("same"))
    perform(step("same"))
    assert work.times == 1


def test_what_changed_is_done_again(step: Callable[[str], Step], work: Work) -> None:
    perform(step("before"))
    perform(step("after"))
    assert work.times == 2


def test_what_failed_is_not_taken_as_done(step: Callable[[str], Step], work: Work) -> None:
    perform(step("old"))
    work.fails = True
    with pytest.raises(PreparationError):
        perform(step("new"))
    work.fails = False
    perform(step("old"))
    assert work.times == 3


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        pytest.param("npm ERR! code ENOSPC", "the disk is full", id="npm, disk full"),
        pytest.param("npm error code EAI_AGAIN", "connect this machine", id="npm, no network"),
        pytest.param(
            "NewConnectionError('Failed to establish a new connection')\n"
            "ERROR: No matching distribution found for alembic==1.20.1",
            "connect this machine",
            id="pip, no network",
        ),
        pytest.param(
            "error: Request failed: error sending request\n  Caused by: dns error",
            "connect this machine",
            id="uv, no network",
        ),
        pytest.param(
            "The virtual environment was not created successfully because ensurepip is not "
            "available.",
            "apt install python3-venv",
            id="Debian without venv",
        ),
        pytest.param("a riddle", "tool failed: see .prepare.log", id="unknown"),
    ],
)
def test_a_failing_tool_is_explained(output: str, sentence: str) -> None:
    assert sentence in explain("tool", output)


def test_a_missing_tool_is_said_in_one_sentence() -> None:
    with pytest.raises(PreparationError, match="no-such-tool cannot be run"):
        call(["no-such-tool"])


def test_the_hash_sees_names_contents_and_words() -> None:
    files = [ROOT / "Makefile", ROOT / "pyproject.toml"]
    assert digest(files) == digest(reversed(files))
    assert digest(files) != digest(files[:1])
    assert digest(files) != digest(files, "Python 3.13")
