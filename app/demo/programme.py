"""The scheduled light of every lamp over a stretch of nights, as arrays to be looked up at once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from lighting.control.plan import UNKNOWN_LEVEL, ControlGroup, LightPlan
from schedules.moments import Places
from schedules.night import lighting_night
from schedules.night_arrays import many_nights

Levels = npt.NDArray[np.int16]

# A night more is looked up on both sides, which begins at most two days away.
MARGIN = timedelta(days=3)


class Programme:
    """What the calendars want from one instant to another.

    It also tells the fault rules what light to expect (`lighting.faults.service.ExpectedLight`):
    in the past that the demo makes up, every controller took its level on time.
    """

    def __init__(
        self, plan: LightPlan, light_point_ids: Sequence[UUID], since: datetime, until: datetime
    ) -> None:
        self._place = {
            light_point_id: place for place, light_point_id in enumerate(light_point_ids)
        }
        number = {id(group): row for row, group in enumerate(plan.groups)}
        groups = [plan.group(light_point_id) for light_point_id in light_point_ids]
        without = len(plan.groups)
        self._group_of = np.array(
            [without if group is None else number[id(group)] for group in groups], dtype=np.intp
        )
        lines = [_line(group, since, until) for group in plan.groups]
        lines.append((np.array([since.timestamp()]), np.array([UNKNOWN_LEVEL], dtype=np.int16)))
        self._levels = np.concatenate([levels for _, levels in lines])
        # Every group has its own stretch of one long line, to be searched at once.
        self._origin_s = since.timestamp() - MARGIN.total_seconds()
        self._stretch_s = until.timestamp() + MARGIN.total_seconds() - self._origin_s
        self._starts_s = np.concatenate([starts_s for starts_s, _ in lines])
        rows = np.repeat(np.arange(len(lines)), [len(levels) for _, levels in lines])
        self._line_s = self._starts_s - self._origin_s + rows * self._stretch_s

    def changes_between(self, since: datetime, until: datetime) -> list[datetime]:
        """The instants in (since, until] at which any lamp is told another level.

        Whole seconds, rounded up: a controller told at them holds the level that is wanted then.
        """
        at_s = np.ceil(self._starts_s)
        chosen = np.unique(at_s[(at_s > since.timestamp()) & (at_s <= until.timestamp())])
        return [datetime.fromtimestamp(one, UTC) for one in chosen.tolist()]

    def levels_at(self, at: datetime) -> Levels:
        """The level wanted of every lamp; 0 without calendar."""
        rows = np.arange(self._group_of.max(initial=0) + 1)
        of_group = self._look_up(rows, np.full(len(rows), at.timestamp()))
        levels: Levels = np.maximum(of_group, 0)[self._group_of]
        return levels

    def levels_of(self, lamps: npt.NDArray[np.intp], at_s: npt.NDArray[np.float64]) -> Levels:
        """The level wanted of lamps (by position) at instants (POSIX seconds); -1 unknown."""
        return self._look_up(self._group_of[lamps], at_s)

    def steps_before(self, at: datetime, back: int = 0) -> tuple[Levels, list[datetime]]:
        """The level each lamp was told last, and when; or told so many steps before that."""
        rows = np.arange(self._group_of.max(initial=0) + 1)
        wanted = at.timestamp() - self._origin_s + rows * self._stretch_s
        found = np.searchsorted(self._line_s, wanted, side="right") - 1 - back
        told_at = [datetime.fromtimestamp(one, UTC) for one in self._starts_s[found].tolist()]
        return self._levels[found][self._group_of], [told_at[row] for row in self._group_of]

    async def __call__(
        self, session: AsyncSession, light_point_ids: Sequence[UUID], instants: Sequence[datetime]
    ) -> Levels:
        """The expected level for each pair of light point and instant."""
        lamps = np.array([self._place[one] for one in light_point_ids], dtype=np.intp)
        return self.levels_of(lamps, np.array([at.timestamp() for at in instants]))

    def _look_up(self, group: npt.NDArray[np.intp], at_s: npt.NDArray[np.float64]) -> Levels:
        wanted = at_s - self._origin_s + group * self._stretch_s
        found: Levels = self._levels[np.searchsorted(self._line_s, wanted, side="right") - 1]
        return found


def _line(
    group: ControlGroup, since: datetime, until: datetime
) -> tuple[npt.NDArray[np.float64], Levels]:
    """Every change of a control group, in order of time, a night before and after included."""
    place = group.place
    first = lighting_night(since, place.timezone) - timedelta(days=1)
    last = lighting_night(until, place.timezone) + timedelta(days=1)
    evenings: list[date] = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    here = Places(np.array([place.lat_deg]), np.array([place.lon_deg]), place.timezone)
    nights = many_nights(group.calendar, here, evenings)
    holds = nights.durations_s()[0].ravel() > 0
    starts_s = nights.changes.starts_s[0].ravel()[holds]
    return starts_s, nights.changes.level_percent[0].ravel()[holds]
