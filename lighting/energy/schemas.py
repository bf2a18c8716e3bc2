"""API shapes of the ledger."""

from datetime import date

from pydantic import BaseModel, Field

from lighting.energy.model import DayTotal, Quality


class EnergyDayAnswer(BaseModel):
    """Energy of one local date. Durations are summed over light points; they add up to
    `expected_s`, the time in which the light points were equipped."""

    on: date
    light_point_count: int
    energy_wh: int = Field(description="measured_wh + estimated_wh")
    measured_wh: int
    bridged_wh: int = Field(description="part of measured_wh whose split by day is estimated")
    estimated_wh: int
    expected_s: int
    measured_s: int
    estimated_s: int
    missing_s: int = Field(description="time of which nothing is known; not in the energy")
    quality: Quality


class EnergyDaysAnswer(BaseModel):
    """Every date asked for that has data; at most 400, so there is never a second page."""

    items: list[EnergyDayAnswer]
    next_cursor: None = None


def day_answer(day: DayTotal) -> EnergyDayAnswer:
    return EnergyDayAnswer(**day._asdict(), quality=day.quality)
