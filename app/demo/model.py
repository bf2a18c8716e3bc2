"""What the demo hands to the command line that runs it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.settings import ClockSettings


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
