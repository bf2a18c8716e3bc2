"""Seeded faults: how often things break in a city, drawn from a seed so that truth is known."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from simulator.model import SeededFault, TruthKind

# Faults per lamp and year. LED luminaires and their controllers fail at some per cent a year; the
# split between kinds is ours.
YEARLY_RATE: Mapping[TruthKind, float] = {
    TruthKind.LAMP_FAILURE: 0.045,
    TruthKind.DAY_BURNER: 0.015,
    TruthKind.COMMUNICATION_LOSS: 0.02,
    TruthKind.POWER_LOW: 0.015,
}
YEAR = timedelta(days=365)


def draw_faults(
    lamp_count: int,
    start: datetime,
    end: datetime,
    seed: int,
    yearly_rate: Mapping[TruthKind, float] = YEARLY_RATE,
) -> list[SeededFault]:
    """Faults that begin in [start, end); at most one per lamp, so that each truth stands alone."""
    random = np.random.default_rng(seed)
    span = end - start
    free = list(random.permutation(lamp_count))
    drawn: list[SeededFault] = []
    for kind, rate in yearly_rate.items():
        expected = lamp_count * rate * (span / YEAR)
        for _ in range(min(int(random.poisson(expected)), len(free))):
            starts_at = start + span * float(random.random())
            drawn.append(SeededFault(int(free.pop()), kind, starts_at.replace(microsecond=0)))
    return sorted(drawn, key=lambda fault: (fault.starts_at, fault.lamp))
