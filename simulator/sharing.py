"""One city under several voices: the street moves its time, every other network looks and obeys."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.city import City, Snapshot
from simulator.model import TruthKind


class SharedCity:
    """A city that several threads may use, one at a time."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._lock = threading.RLock()

    @contextmanager
    def alone(self) -> Iterator[City]:
        """The city, while nobody else touches it."""
        with self._lock:
            yield self._city

    def look(self) -> Snapshot:
        """What every meter shows now."""
        with self._lock:
            return self._city.snapshot()

    def lamps_of(self, network: str) -> list[tuple[int, str]]:
        """Place and address of each lamp on a network, as controllers are now."""
        with self._lock:
            return [
                (place, lamp.address)
                for place, lamp in enumerate(self._city.lamps)
                if lamp.network == network
            ]

    def fed_by(self, cabinet: str) -> list[int]:
        """The places of the lamps that a cabinet feeds."""
        with self._lock:
            lamps = enumerate(self._city.lamps)
            return [place for place, lamp in lamps if lamp.cabinet == cabinet]

    def order(self, lamp: int, level_percent: int) -> bool:
        """A controller takes a level; False when it hears nothing."""
        with self._lock:
            if self._city.is_faulty(TruthKind.COMMUNICATION_LOSS)[lamp]:
                return False
            self._city.order(lamp, level_percent)
            return True
