"""What the demo is asked for, and what it hands to the command line that runs it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.settings import ClockSettings

LAMPS_MIN, LAMPS_MAX = 20, 10_000
NIGHTS_MIN, NIGHTS_MAX = 3, 120
# Lamps report three times in half an hour: this speed keeps ten thousand of them within what the
# smallest broker takes.
SPEED_MAX = 120.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the demo is opened.

    `speed` is how many times as fast as ours its time runs; `is_fresh` forgets the city there was.
    Lamps and nights matter to a city that is made, not to one that is taken up; a short past has
    no closed month.
    """

    speed: float = 1.0
    is_fresh: bool = False
    lamp_count: int = 2200
    night_count: int = 40


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Someone to sign in as."""

    email: str
    password: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoCity:
    """A city ready to be opened.

    `field` is what follows `python -m` to start the simulated devices, empty when there are none;
    `clock` is the time the city lives in, the machine's own when it is None.
    """

    accounts: Sequence[DemoAccount]
    field: Sequence[str] = ()
    clock: ClockSettings | None = None
