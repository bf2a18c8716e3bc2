"""Eight lamps under one calendar, for tests of what the demo makes of them."""

from datetime import UTC, datetime, timedelta

from app.demo.hearing import Ears
from app.demo.programme import Programme
from kit.ids import new_id
from lighting.control.plan import Assignments, LightPlan, PlannedLight, sun_place
from schedules.library import sample
from simulator.city import City
from simulator.model import Lamp, SeededFault

NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
PLACE = (43.61, 3.88)
PARIS = "Europe/Paris"
IDS = [new_id() for _ in range(8)]


def programme(slug: str = "evening_dimming") -> Programme:
    calendar = sample(slug).calendar_set()
    commune = new_id()
    lights = [
        PlannedLight(one, commune, None, key, sun_place(*PLACE, PARIS))
        for key, one in enumerate(IDS)
    ]
    by_organisation = {commune: calendar.calendar.id}
    assignments = Assignments({}, {}, by_organisation, {commune: None})
    plan = LightPlan(lights, assignments, {calendar.calendar.id: calendar})
    return Programme(plan, IDS, NOON, LATER)


def city(*faults: SeededFault) -> City:
    lamps = [Lamp(f"{n:016x}", "chirpstack:app", "gw", 50.0, 1.0, *PLACE) for n in range(len(IDS))]
    return City(lamps, NOON, faults)


def ears() -> Ears:
    return Ears.of(list(range(1, 9)), ["gw"] * 8, seed=1)
