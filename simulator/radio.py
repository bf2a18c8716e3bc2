"""The air between lamps and server: loses, repeats, delays and reorders frames, from a seed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Generic, TypeVar

import numpy as np

Message = TypeVar("Message")


@dataclass(frozen=True, slots=True)
class AirQuality:
    """Shares of frames lost and heard twice, and how late the latest arrive."""

    lost_ratio: float = 0.02
    repeated_ratio: float = 0.02
    delay_max: timedelta = timedelta(seconds=4)


PERFECT_AIR = AirQuality(0.0, 0.0, timedelta())


class Air(Generic[Message]):
    """Messages under way. The same seed and the same messages give the same losses."""

    def __init__(self, quality: AirQuality, seed: int) -> None:
        self._quality = quality
        self._random = np.random.default_rng(seed)
        self._under_way: list[tuple[datetime, int, Message]] = []
        self._count = 0

    def send(self, messages: Iterable[Message], at: datetime) -> None:
        """Give messages to the air at `at`; some will never arrive, some twice."""
        for message in messages:
            if self._random.random() < self._quality.lost_ratio:
                continue
            copies = 2 if self._random.random() < self._quality.repeated_ratio else 1
            for _ in range(copies):
                delay = self._quality.delay_max * float(self._random.random())
                self._count += 1
                heappush(self._under_way, (at + delay, self._count, message))

    def arrived(self, until: datetime) -> Iterator[tuple[datetime, Message]]:
        """Messages that have arrived by `until`, each with the instant of its arrival."""
        while self._under_way and self._under_way[0][0] <= until:
            at, _, message = heappop(self._under_way)
            yield at, message
