"""Values of the energy ledger: lamps, fittings, days and the quality of each watt-hour.

Energy is integer watt-hours; instants inside the calculation are whole milliseconds of UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Levels: TypeAlias = npt.NDArray[np.int16]

# The level of a lamp where nobody can know it.
UNKNOWN_LEVEL = -1

# A day that ended this long ago is settled: what has not come is estimated from the model. Daily
# reporters are silent up to 26 h by design (three missed uplinks of shorter periods fit within).
SETTLED_AFTER = timedelta(hours=26)

# An interval across midnight up to this long is cut by time and still called measured: at two
# hours, half the energy of a 60 W lamp in doubt is 60 Wh. A longer one is a bridge: its total is
# measured, its split between days is estimated.
BRIDGED_AFTER = timedelta(hours=2)


class Quality(StrEnum):
    """How well a day is known; the worst part gives the name."""

    MEASURED = "measured"  # the counter tells the whole day
    ESTIMATED = "estimated"  # a part comes from the model, or was split over a long silence
    PARTIAL = "partial"  # a part of the day is unknown, and not in the figure
    MISSING = "missing"  # nothing is known


class NoteKind(StrEnum):
    """What the counter did that a reader of the ledger should know."""

    ROLLOVER = "rollover"  # passed its largest value: counted
    RESET = "reset"  # started again from zero: what it shows is counted, the rest is estimated
    JUMP = "jump"  # rose faster than the lamp can draw, or fell to an absurd value: refused
    OUTLIER = "outlier"  # one reading contradicts both its neighbours, which agree: left out


@dataclass(frozen=True, slots=True)
class Lamp:
    """What the model needs to know of one light point."""

    light_point_id: UUID
    organisation_id: UUID
    timezone: str
    rated_power_w: float | None
    gear_loss_w: float = 0.0
    standby_power_w: float = 0.0
    level_min_percent: int = 10


@dataclass(frozen=True, slots=True)
class Fitting:
    """A period during which a controller (`device`) sat on a light point, both by position."""

    device: int
    lamp: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Note:
    """The trace of one decision about a counter."""

    at: datetime
    kind: NoteKind
    from_wh: int
    to_wh: int
    allowed_wh: int

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "kind": self.kind.value,
            "from_wh": self.from_wh,
            "to_wh": self.to_wh,
            "allowed_wh": self.allowed_wh,
        }


class Parts(Protocol):
    """The parts of an amount of energy and of the time it covers."""

    @property
    def bridged_wh(self) -> int: ...
    @property
    def estimated_wh(self) -> int: ...
    @property
    def expected_s(self) -> int: ...
    @property
    def estimated_s(self) -> int: ...
    @property
    def missing_s(self) -> int: ...


def quality_of(parts: Parts) -> Quality:
    """The quality of one day, or of a sum of days."""
    if parts.missing_s >= parts.expected_s:
        return Quality.MISSING
    if parts.missing_s > 0:
        return Quality.PARTIAL
    if parts.estimated_s > 0 or parts.estimated_wh > 0 or parts.bridged_wh > 0:
        return Quality.ESTIMATED
    return Quality.MEASURED


class DayTotal(NamedTuple):
    """One local date of a set of light points, added up."""

    on: date
    light_point_count: int
    energy_wh: int
    measured_wh: int
    bridged_wh: int
    estimated_wh: int
    expected_s: int
    measured_s: int
    estimated_s: int
    missing_s: int

    @property
    def quality(self) -> Quality:
        return quality_of(self)


@dataclass(frozen=True, slots=True)
class EnergyDay:
    """One light point on one local date.

    `energy_wh` = `measured_wh` + `estimated_wh`; `bridged_wh` is the part of `measured_wh` whose
    split between days is estimated. `morning_wh` is what fell before local noon, so that a
    lighting night is the afternoon of its date and the morning of the next. The three durations
    add up to `expected_s`, the part of the day in which the light point was equipped.
    """

    light_point_id: UUID
    organisation_id: UUID
    on: date
    measured_wh: int
    bridged_wh: int
    estimated_wh: int
    morning_wh: int
    expected_s: int
    measured_s: int
    estimated_s: int
    missing_s: int
    burning_time_s: int | None
    counter_from_wh: int | None
    counter_to_wh: int | None
    is_settled: bool
    notes: Sequence[Note] = field(default=())

    @property
    def energy_wh(self) -> int:
        return self.measured_wh + self.estimated_wh

    @property
    def quality(self) -> Quality:
        return quality_of(self)
