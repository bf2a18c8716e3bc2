"""How long the parts of a preparation take: told to the person who waits, and kept for whoever
wants to make them shorter."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timing:
    """Measures parts one after the other."""

    say: Callable[[str], None] = print
    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Measure a part, and tell when it is done."""
        started = time.perf_counter()
        yield
        self.parts[name] = time.perf_counter() - started
        self.say(f"  {name}: {self.parts[name]:.1f} s")
