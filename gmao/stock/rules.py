"""What taking a part does to the books."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taking:
    """The two lines of a consumption: what was missing is first written in, then all goes out."""

    shortfall_quantity: int
    left_quantity: int


def take(held_quantity: int, quantity: int) -> Taking:
    """Take from a store. The work was done, so it is never refused; a lack leaves a trace."""
    if quantity < 1 or held_quantity < 0:
        raise ValueError("one takes at least one, from a stock that is never negative")
    shortfall = max(0, quantity - held_quantity)
    return Taking(shortfall, held_quantity + shortfall - quantity)
