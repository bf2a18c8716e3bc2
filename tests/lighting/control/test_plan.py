"""The narrowest assignment wins, and each light follows its own Sun."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from kit.ids import new_id
from lighting.control.plan import UNKNOWN_LEVEL, Assignments, LightPlan, PlannedLight
from schedules.model import (
    ActivePeriod,
    Calendar,
    CalendarSet,
    ControlProgram,
    Place,
    SolarEvent,
    SolarMoment,
)

BREST = Place(48.39, -4.49, "Europe/Paris")
NICE = Place(43.70, 7.27, "Europe/Paris")
SYNDICATE, COMMUNE, CABINET = new_id(), new_id(), new_id()


def calendar(level_percent: int) -> CalendarSet:
    program = ControlProgram(
        new_id(),
        "all night",
        (ActivePeriod(SolarMoment(SolarEvent.SUNSET), SolarMoment(SolarEvent.SUNRISE)),),
        level_percent,
    )
    return CalendarSet(Calendar(new_id(), "permanent", program.id), {program.id: program})


FULL, HALF, LOW = calendar(100), calendar(50), calendar(20)
CALENDARS = {one.calendar.id: one for one in (FULL, HALF, LOW)}


def light(place: Place = BREST) -> PlannedLight:
    return PlannedLight(new_id(), COMMUNE, CABINET, 1, place)


def assignments(
    by_light_point: dict[UUID, UUID] | None = None,
    by_cabinet: dict[UUID, UUID] | None = None,
    by_organisation: dict[UUID, UUID] | None = None,
) -> Assignments:
    return Assignments(
        by_light_point or {},
        by_cabinet or {},
        by_organisation or {},
        {COMMUNE: SYNDICATE, SYNDICATE: None},
    )


def test_the_narrowest_scope_wins() -> None:
    one = light()
    full, half, low = (each.calendar.id for each in (FULL, HALF, LOW))
    everywhere = {SYNDICATE: full}
    assert assignments(by_organisation=everywhere).calendar_of(one) == full
    assert assignments(by_organisation={**everywhere, COMMUNE: half}).calendar_of(one) == half
    assert assignments({}, {CABINET: half}, everywhere).calendar_of(one) == half
    narrow = assignments({one.light_point_id: low}, {CABINET: half}, everywhere)
    assert narrow.calendar_of(one) == low
    assert assignments().calendar_of(one) is None


@pytest.mark.parametrize(
    ("at", "levels"),
    [
        pytest.param(datetime(2026, 6, 21, 10, tzinfo=UTC), [0, 0], id="noon: both off"),
        pytest.param(
            datetime(2026, 6, 21, 19, 40, tzinfo=UTC), [0, 100], id="Nice is dark before Brest"
        ),
        pytest.param(datetime(2026, 6, 21, 23, tzinfo=UTC), [100, 100], id="night: both lit"),
        pytest.param(datetime(2026, 6, 22, 4, tzinfo=UTC), [100, 0], id="and light before Brest"),
    ],
)
def test_each_light_follows_its_own_sun(at: datetime, levels: list[int]) -> None:
    lights = [light(BREST), light(NICE)]
    plan = LightPlan(lights, assignments(by_organisation={COMMUNE: FULL.calendar.id}), CALENDARS)
    assert plan.scheduled_levels(at).tolist() == levels


def test_lights_of_one_place_and_calendar_share_a_group() -> None:
    lights = [light() for _ in range(50)] + [light(NICE)]
    plan = LightPlan(lights, assignments(by_organisation={COMMUNE: FULL.calendar.id}), CALENDARS)
    assert len(plan.groups) == 2


def test_a_light_without_calendar_has_no_scheduled_level() -> None:
    one = light()
    plan = LightPlan([one], assignments(), CALENDARS)
    assert plan.scheduled_levels(datetime(2026, 6, 21, 23, tzinfo=UTC)).tolist() == [UNKNOWN_LEVEL]
    assert plan.group(one.light_point_id) is None


def test_nights_are_computed_once() -> None:
    one = light()
    plan = LightPlan([one], assignments(by_organisation={COMMUNE: FULL.calendar.id}), CALENDARS)
    group = plan.group(one.light_point_id)
    assert group is not None
    night = date(2026, 6, 21)
    assert group.steps(night) is group.steps(night)
