"""The plan: which calendar holds for which light, and the level it wants at an instant.

Lights that share a calendar and a place share a control group, so a night is computed once per
group and handed to thousands of lights as an array.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt

from schedules.compute import expected_level_percent, night_steps
from schedules.model import CalendarSet, DimmingStep, Place
from schedules.night import lighting_night

UNKNOWN_LEVEL = -1
# Nights kept per group: tonight, last night and a few more for late readings and charts.
NIGHTS_KEPT = 64


# The Sun's place is taken to a hundredth of a degree: at most 1.2 s of solar time away from the
# lamp, and a city has some hundred places instead of one per lamp.
SUN_PLACE_DECIMALS = 2


def sun_place(lat_deg: float, lon_deg: float, timezone: str) -> Place:
    """The place from which a light's Sun is taken."""
    return Place(round(lat_deg, SUN_PLACE_DECIMALS), round(lon_deg, SUN_PLACE_DECIMALS), timezone)


@dataclass(frozen=True, slots=True)
class PlannedLight:
    """A light that can be controlled, and where it stands in the tree."""

    light_point_id: UUID
    organisation_id: UUID
    cabinet_id: UUID | None
    controller_key: int
    place: Place


@dataclass(frozen=True, slots=True)
class Assignments:
    """Calendars by scope, and the parent of each organisation."""

    by_light_point: Mapping[UUID, UUID]
    by_cabinet: Mapping[UUID, UUID]
    by_organisation: Mapping[UUID, UUID]
    parents: Mapping[UUID, UUID | None]

    def calendar_ids(self) -> set[UUID]:
        """Every calendar that is assigned somewhere."""
        scopes = (self.by_light_point, self.by_cabinet, self.by_organisation)
        return {calendar_id for scope in scopes for calendar_id in scope.values()}

    def calendar_of(self, light: PlannedLight) -> UUID | None:
        """The calendar that holds for a light: its own, its cabinet's, or that of the nearest
        organisation above it."""
        own = self.by_light_point.get(light.light_point_id)
        if own is not None:
            return own
        if light.cabinet_id is not None and light.cabinet_id in self.by_cabinet:
            return self.by_cabinet[light.cabinet_id]
        organisation_id: UUID | None = light.organisation_id
        while organisation_id is not None:
            if organisation_id in self.by_organisation:
                return self.by_organisation[organisation_id]
            organisation_id = self.parents.get(organisation_id)
        return None


@dataclass(slots=True)
class ControlGroup:
    """Lights under one calendar at one place; keeps the nights already computed."""

    calendar: CalendarSet
    place: Place
    _nights: dict[date, Sequence[DimmingStep]] = field(default_factory=dict)

    def steps(self, night: date) -> Sequence[DimmingStep]:
        """The steps of a lighting night, noon to noon."""
        known = self._nights.get(night)
        if known is None:
            known = night_steps(self.calendar.calendar, self.calendar.programs, self.place, night)
            if len(self._nights) >= NIGHTS_KEPT:
                self._nights.pop(min(self._nights))
            self._nights[night] = known
        return known

    def level_percent(self, at: datetime) -> int:
        """The scheduled level at an instant."""
        return expected_level_percent(self.steps(lighting_night(at, self.place.timezone)), at)


class LightPlan:
    """All controllable lights in their control groups."""

    def __init__(
        self,
        lights: Sequence[PlannedLight],
        assignments: Assignments,
        calendars: Mapping[UUID, CalendarSet],
    ) -> None:
        self.lights = lights
        self.groups: list[ControlGroup] = []
        self._index = {light.light_point_id: i for i, light in enumerate(lights)}
        self._group_of = self._make_groups(lights, assignments, calendars)

    def _make_groups(
        self,
        lights: Sequence[PlannedLight],
        assignments: Assignments,
        calendars: Mapping[UUID, CalendarSet],
    ) -> npt.NDArray[np.int32]:
        known: dict[tuple[UUID, Place], int] = {}
        group_of = np.full(len(lights), UNKNOWN_LEVEL, dtype=np.int32)
        for i, light in enumerate(lights):
            calendar_id = assignments.calendar_of(light)
            if calendar_id is None or calendar_id not in calendars:
                continue
            key = (calendar_id, light.place)
            if key not in known:
                known[key] = len(self.groups)
                self.groups.append(ControlGroup(calendars[calendar_id], light.place))
            group_of[i] = known[key]
        return group_of

    def position(self, light_point_id: UUID) -> int | None:
        """Where a light stands in the arrays."""
        return self._index.get(light_point_id)

    def group(self, light_point_id: UUID) -> ControlGroup | None:
        """The control group of a light, None without calendar."""
        position = self._index.get(light_point_id)
        if position is None or self._group_of[position] < 0:
            return None
        return self.groups[int(self._group_of[position])]

    def steps_of(self, light_point_id: UUID, night: date) -> Sequence[DimmingStep] | None:
        """The programme of one light in one night, None without calendar."""
        group = self.group(light_point_id)
        return None if group is None else group.steps(night)

    def scheduled_levels(self, at: datetime) -> npt.NDArray[np.int16]:
        """The scheduled level of every light, in the order of `lights`; -1 without calendar."""
        per_group = np.array(
            [group.level_percent(at) for group in self.groups] + [UNKNOWN_LEVEL], dtype=np.int16
        )
        return per_group[self._group_of]
