"""API shapes of telemetry."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from lighting.telemetry.model import Series


class ReadingAnswer(BaseModel):
    """What a light measured at one instant; null where it did not send the quantity."""

    at: datetime
    level_percent: int | None
    active_power_w: float | None
    active_energy_wh: int | None
    supply_voltage_v: float | None
    current_a: float | None
    power_factor: float | None
    temperature_c: float | None
    burning_time_s: int | None
    flags: int | None


class GapAnswer(BaseModel):
    """A stretch without readings, longer than the controller's period explains."""

    starts_at: datetime = Field(serialization_alias="from")
    ends_at: datetime = Field(serialization_alias="to")


class ExpectedLevelAnswer(BaseModel):
    """The level a light should give from an instant on."""

    starts_at: datetime = Field(serialization_alias="from")
    level_percent: int = Field(serialization_alias="level")


class NightAnswer(BaseModel):
    """One night at the place of the light."""

    evening: date | None = None
    sunset_at: datetime
    sunrise_at: datetime


class SeriesContext(BaseModel):
    """What the rest of the product knows about the time a series covers."""

    expected_level_percent: list[ExpectedLevelAnswer] = []
    expected_power_w: list[float | None] = []
    nights: list[NightAnswer] = []


class SeriesAnswer(SeriesContext):
    """Columns of one light over time: `at` in seconds of POSIX time, null where not measured."""

    at: list[int]
    level_percent: list[int | None]
    active_power_w: list[float | None]
    active_energy_wh: list[int | None]
    supply_voltage_v: list[float | None]
    gaps: list[GapAnswer]
    is_complete: bool


def series_answer(series: Series, context: SeriesContext) -> SeriesAnswer:
    """The answer made of what was measured and what is known beside it."""
    readings = series.readings
    columns: dict[str, Any] = {
        name: [getattr(one, name) for one in readings]
        for name in ("level_percent", "active_power_w", "active_energy_wh", "supply_voltage_v")
    }
    return SeriesAnswer(
        at=[int(one.at.timestamp()) for one in readings],
        gaps=[GapAnswer(starts_at=gap.starts_at, ends_at=gap.ends_at) for gap in series.gaps],
        is_complete=series.is_complete,
        **columns,
        **{name: getattr(context, name) for name in SeriesContext.model_fields},
    )
