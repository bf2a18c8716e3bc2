"""The only place that reads the machine's clock; everything else receives an instant."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ScaledClock:
    """A clock that started at `origin` when the machine's clock showed `started_at` and runs
    `speed` times as fast: the accelerated demo and long scenarios."""

    origin: datetime
    started_at: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        return self.origin + (datetime.now(UTC) - self.started_at) * self.speed


class FixedClock:
    """A clock moved by hand: tests and replays."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new instant."""
        self._at += by
        return self._at
