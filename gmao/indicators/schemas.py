"""API shapes of indicators. Times are in seconds, money in decimal euros."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel


class IndicatorsAnswer(BaseModel):
    """A ratio or mean of nothing is null. Formulas: see `gmao.indicators.compute`."""

    start: datetime
    end: datetime
    failure_count: int
    repaired_count: int
    mean_time_to_restore_s: float | None
    median_time_to_restore_s: float | None
    in_time_ratio: float | None
    first_time_fix_ratio: float | None
    repeat_ratio: float | None
    preventive_ratio: float | None
    open_count: int
    parts_cost_eur: Decimal
