import asyncio
import threading

import pytest

from simulator.wired import Wired


class Talker:
    """Says something once started, and may fail at first."""

    def __init__(self, network: str, failures: int = 0) -> None:
        self.network = network
        self.has_spoken = threading.Event()
        self.has_ended = threading.Event()
        self._failures = failures

    async def speak(self) -> None:
        if self._failures:
            self._failures -= 1
            raise OSError("the port is taken")
        self.has_spoken.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.has_ended.set()


def test_voices_speak_until_the_block_ends() -> None:
    talker = Talker("modbus:gare")
    with Wired([talker]):
        assert talker.has_spoken.wait(10)
    assert talker.has_ended.is_set()


def test_a_voice_that_fails_starts_again_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Wired, "PAUSE_AFTER_FAILURE_S", 0.01)
    hoarse, clear = Talker("oslp:quai", failures=2), Talker("lwm2m:quai")
    with Wired([hoarse, clear]):
        assert clear.has_spoken.wait(10)
        assert hoarse.has_spoken.wait(10)


def test_nothing_to_say_is_no_trouble() -> None:
    with Wired([]):
        pass
