"""Slows down guessing: after a few failed sign-ins an account and an address must wait.

Kept in the memory of one process: enough against guessing, nothing to lose at a restart.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from kit.errors import TooManyError

FAILURES_MAX = 10
WINDOW = timedelta(minutes=5)
KEYS_MAX = 10_000


class TooManySignInsError(TooManyError):
    """Too many failed sign-ins for this account or from this address."""

    code = "too_many_sign_ins"
    title = "Too many failed sign-ins"


class FailedSignIns:
    """Recent failures per key (an e-mail, a client address), bounded in number and age."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def check(self, keys: tuple[str, ...], now: datetime) -> None:
        """Refuse when one of the keys has failed too often of late."""
        if any(len(self._recent(key, now)) >= FAILURES_MAX for key in keys):
            minutes = int(WINDOW.total_seconds() // 60)
            raise TooManySignInsError(f"wait {minutes} minutes, then try again")

    def note(self, keys: tuple[str, ...], now: datetime) -> None:
        """One more failure for each key."""
        for key in keys:
            self._recent(key, now).append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > KEYS_MAX:
            self._failures.popitem(last=False)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        failures = self._failures.setdefault(key, deque(maxlen=FAILURES_MAX))
        while failures and failures[0] <= now - WINDOW:
            failures.popleft()
        return failures
