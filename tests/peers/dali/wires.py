"""Carries our frames straight to gear, for tests that need no gateway."""

import asyncio
from collections.abc import Sequence

from drivers.dali.frames import Forward, with_enabling
from drivers.dali.line import Answer, Priority
from drivers.errors import UnreachableError
from tests.peers.dali.gear import PeerLine


class Wires:
    """A carrier; fails while the gateway is away."""

    def __init__(self, line: PeerLine) -> None:
        self.line = line
        self.is_away = False
        self.priorities: list[Priority] = []

    async def exchange(self, frames: Sequence[Forward], priority: Priority) -> list[Answer]:
        if self.is_away:
            raise UnreachableError("the gateway is away")
        self.priorities.append(priority)
        answers: list[Answer] = []
        for frame in frames:
            await asyncio.sleep(0)
            for each in with_enabling([frame]):
                answer = self.line.send(each.payload, each.is_sent_twice)
            answers.append(answer)
        return answers
