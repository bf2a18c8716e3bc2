"""Indicators of maintenance over a period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Indicators:
    """What a period came to. A ratio of nothing is None, never zero.

    Formulas are those of `gmao.indicators.compute`.
    """

    start: datetime
    end: datetime
    failure_count: int
    repaired_count: int
    mean_time_to_restore: timedelta | None
    median_time_to_restore: timedelta | None
    in_time_ratio: float | None
    first_time_fix_ratio: float | None
    repeat_ratio: float | None
    preventive_ratio: float | None
    open_count: int
    parts_cost_eur: Decimal
