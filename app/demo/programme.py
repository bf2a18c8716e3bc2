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
        self._since_s = since.timestamp()
        self._held: Levels | None = None
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
        self._row = np.repeat(np.arange(len(lines)), [len(levels) for _, levels in lines])
        self._line_s = self._starts_s - self._origin_s + self._row * self._stretch_s

    def hold(self, levels: Levels) -> None:
        """What lamps hold at the beginning, by command or otherwise: until they are told again."""
        self._held = levels.copy()

    def changes_between(self, since: datetime, until: datetime) -> list[datetime]:
        """The instants in (since, until] at which any lamp is told another level.

        Whole seconds, rounded up: a controller told at them holds the level that is wanted then.
        """
        at_s = np.ceil(self._starts_s)
        chosen = np.unique(at_s[(at_s > since.timestamp()) & (at_s <= until.timestamp())])
        return [datetime.fromtimestamp(one, UTC) for one in chosen.tolist()]

    def levels_at(self, at: datetime) -> Levels:
        """The level wanted of every lamp; 0 without calendar."""
        every = np.arange(len(self._group_of))
        levels: Levels = np.maximum(self.levels_of(every, np.full(len(every), at.timestamp())), 0)
        return levels

    def levels_of(self, lamps: npt.NDArray[np.intp], at_s: npt.NDArray[np.float64]) -> Levels:
        """The level wanted of lamps (by position) at instants (POSIX seconds); -1 unknown."""
        found, told_s = self._look_up(self._group_of[lamps], at_s)
        if self._held is None:
            return found
        levels: Levels = np.where(told_s > self._since_s, found, self._held[lamps])
        return levels

    def steps_before(self, at: datetime, back: int = 0) -> list[tuple[int, datetime] | None]:
        """The level each lamp was told last, and when; or told so many steps before that.

        None where that was before the beginning.
        """
        at_s = np.full(len(self._group_of), at.timestamp())
        found = self._find(self._group_of, at_s) - back
        is_told = (self._starts_s[found] > self._since_s) & (self._row[found] == self._group_of)
        return [
            (level, datetime.fromtimestamp(told_s, UTC)) if told else None
            for level, told_s, told in zip(
                self._levels[found].tolist(), self._starts_s[found].tolist(), is_told, strict=True
            )
        ]

    async def __call__(
        self, session: AsyncSession, light_point_ids: Sequence[UUID], instants: Sequence[datetime]
    ) -> Levels:
        """The expected level for each pair of light point and instant."""
        lamps = np.array([self._place[one] for one in light_point_ids], dtype=np.intp)
        return self.levels_of(lamps, np.array([at.timestamp() for at in instants]))

    def _look_up(
        self, group: npt.NDArray[np.intp], at_s: npt.NDArray[np.float64]
    ) -> tuple[Levels, npt.NDArray[np.float64]]:
        """The level of control groups at instants, and since when."""
        found = self._find(group, at_s)
        return self._levels[found], self._starts_s[found]

    def _find(
        self, group: npt.NDArray[np.intp], at_s: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.intp]:
        wanted = at_s - self._origin_s + group * self._stretch_s
        return np.searchsorted(self._line_s, wanted, side="right") - 1


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
    levels = nights.changes.level_percent[0].ravel()[holds]
    is_news = np.diff(levels, prepend=UNKNOWN_LEVEL) != 0
    return starts_s[is_news], levels[is_news]
