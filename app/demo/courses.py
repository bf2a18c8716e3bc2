"""How the simulated dispatcher and crews deal with each order: a plan that follows from its number.

Every morning they look at the orders there are, so nothing but the orders need be remembered: the
same people work through the past, through the days the demo was left alone, and leave alone what
is not due yet. Pure: orders and a day in, steps out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from gmao.workorders.model import NOT_STARTED, ReportCause, Source, Status

MORNING = time(8, 5)
DESK_EVERY = timedelta(minutes=1)
FIRST_VISIT = time(9, 0)
# From the desk to the door: what is planned at the desk may be visited the same day.
DESK_TO_VISIT = timedelta(minutes=30)
VISIT_EVERY = timedelta(minutes=55)
VISITS_PER_DAY_MAX = 14
CREW_COUNT = 2
SATURDAY = 5
# Working days a part takes to arrive, and after which a repair that failed is tried again.
PART_DAYS, REOPEN_DAYS, CLOSE_DAYS = 3, 2, 3
# A repair that does not hold fails only within so many days of the report: the next one holds.
BOTCHED_DAYS = 4


class Ending(StrEnum):
    """How the work on an order goes."""

    REPAIRED = "repaired"
    BOTCHED = "botched"
    WAITS_FOR_PART = "waits_for_part"


ENDINGS: Mapping[Ending, float] = {
    Ending.REPAIRED: 0.86,
    Ending.BOTCHED: 0.05,
    Ending.WAITS_FOR_PART: 0.09,
}
VISIT_AFTER_DAYS = (0, 1, 1, 2, 3)


class Deed(StrEnum):
    """What somebody does to an order; most are moves of the order itself."""

    QUALIFY = "qualify"
    PLAN = "plan"
    DISPATCH = "dispatch"
    SET_OUT = "set_out"
    ARRIVE = "arrive"
    BEGIN = "begin"
    WAIT = "wait"
    RESUME = "resume"
    COMPLETE = "complete"
    VERIFY = "verify"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    REJECT = "reject"
    DOUBLE = "double"


# Where each deed leaves the order.
LEAVES: Mapping[Deed, Status] = {
    Deed.QUALIFY: Status.QUALIFIED,
    Deed.PLAN: Status.PLANNED,
    Deed.DISPATCH: Status.DISPATCHED,
    Deed.SET_OUT: Status.EN_ROUTE,
    Deed.ARRIVE: Status.ON_SITE,
    Deed.BEGIN: Status.IN_PROGRESS,
    Deed.WAIT: Status.SUSPENDED,
    Deed.RESUME: Status.IN_PROGRESS,
    Deed.COMPLETE: Status.DONE,
    Deed.VERIFY: Status.VERIFIED,
    Deed.REOPEN: Status.REOPENED,
    Deed.CLOSE: Status.CLOSED,
    Deed.CANCEL: Status.CANCELLED,
    Deed.REJECT: Status.REJECTED,
    Deed.DOUBLE: Status.DUPLICATE,
}
# What becomes of some reports of citizens: the lamp next door is known, the street is as it should.
REFUSED: Mapping[str, Deed] = {
    ReportCause.LIGHT_OUT.value: Deed.DOUBLE,
    ReportCause.TOO_BRIGHT.value: Deed.REJECT,
}
TO_BE_PLANNED = (Status.NEW, Status.QUALIFIED, Status.REOPENED)
ON_THE_STREET = (Status.DISPATCHED, Status.EN_ROUTE, Status.ON_SITE, Status.IN_PROGRESS)
# The way to the work, in minutes from setting out.
WAY = ((Deed.DISPATCH, -15), (Deed.SET_OUT, 0), (Deed.ARRIVE, 14), (Deed.BEGIN, 19))


@dataclass(frozen=True, slots=True)
class Order:
    """What the people see of an order on a morning."""

    number: int
    source: Source
    cause: str
    status: Status
    opened_at: datetime
    planned_on: date | None
    done_at: datetime | None
    has_cleared: bool
    """All its alarms have cleared."""


@dataclass(frozen=True, slots=True)
class Course:
    """How it goes with an order. `stops_at`: it is left there for whoever opens the demo."""

    ending: Ending
    visit_after_days: int
    stops_at: Status | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One deed at an instant; `planned_on` goes with a plan, `crew` counts from 0."""

    at: datetime
    deed: Deed
    crew: int
    planned_on: date | None = None
    holds: bool = True
    """Whether the work done mends what was broken."""


def course_of(number: int, seed: int, stops_at: Status | None = None) -> Course:
    """The course of an order, by its number; one to be left somewhere gets there at once."""
    random = np.random.default_rng([seed, number])
    ending = Ending(random.choice(list(ENDINGS), p=list(ENDINGS.values())))
    visit_after_days = int(random.choice(VISIT_AFTER_DAYS))
    if stops_at is None:
        return Course(ending, visit_after_days)
    endings = {
        Status.SUSPENDED: Ending.WAITS_FOR_PART,
        Status.DONE: Ending.BOTCHED,  # or its light would answer and verify it
        Status.REOPENED: Ending.BOTCHED,
    }
    days = visit_after_days if stops_at is Status.PLANNED else 0
    return Course(endings.get(stops_at, Ending.REPAIRED), days, stops_at)


def is_working_day(day: date) -> bool:
    """Monday to Friday; the simulated people know no holidays."""
    return day.weekday() < SATURDAY


def working_day(day: date, later: int) -> date:
    """The working day that comes `later` working days after `day`, or at once the next."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(later):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def steps_of_day(
    orders: Sequence[tuple[Order, Course]], day: date, timezone: str
) -> list[tuple[int, Step]]:
    """What is done on a day, in order of time: the place of each order among `orders`, and the
    step."""
    if not is_working_day(day):
        return []
    zone = ZoneInfo(timezone)
    steps: list[tuple[int, Step]] = []
    visits, desk_at = 0, datetime.combine(day, MORNING, zone)
    for place, (order, course) in enumerate(orders):
        visit_at = datetime.combine(day, FIRST_VISIT, zone) + VISIT_EVERY * (visits // CREW_COUNT)
        visit_at = max(visit_at, desk_at + DESK_TO_VISIT)
        day_of_one = _Day(order, course, day, desk_at, visit_at, crew=visits % CREW_COUNT)
        found = day_of_one.steps(has_room=visits < VISITS_PER_DAY_MAX)
        visits += any(step.deed in (Deed.SET_OUT, Deed.RESUME) for step in found)
        desk_at += DESK_EVERY if found else timedelta()
        steps += [(place, step) for step in found]
    return sorted(steps, key=lambda one: one[1].at)


@dataclass(slots=True)
class _Day:
    """One order on one day: the desk in the morning, perhaps a visit."""

    order: Order
    course: Course
    day: date
    desk_at: datetime
    visit_at: datetime
    crew: int

    def steps(self, *, has_room: bool) -> list[Step]:
        found: list[Step] = []
        status = self.order.status
        for step in self._candidates(has_room):
            if status is self.course.stops_at:
                break
            found.append(step)
            status = LEAVES[step.deed]
        return found

    def _candidates(self, has_room: bool) -> list[Step]:
        """What would be done if the order were not to stop anywhere."""
        order = self.order
        if order.has_cleared and order.status in NOT_STARTED:
            return [self._at_desk(Deed.CANCEL, 0)]
        refusal = REFUSED.get(order.cause) if order.source is Source.CITIZEN else None
        if refusal is not None and order.status is Status.NEW:
            return [self._at_desk(refusal, 0)]
        if order.status in TO_BE_PLANNED:
            return self._planning() + self._visit(has_room)
        if order.status is Status.PLANNED or order.status in ON_THE_STREET:
            return self._visit(has_room)
        if order.status is Status.SUSPENDED:
            return self._second_visit(has_room)
        return self._judgement()

    def _planning(self) -> list[Step]:
        found = []
        if self.order.status is Status.NEW:
            found.append(self._at_desk(Deed.QUALIFY, 0))
        if self.course.stops_at is Status.CANCELLED:
            return [*found, self._at_desk(Deed.CANCEL, 3)]
        return [*found, self._at_desk(Deed.PLAN, 4, self._due_on())]

    def _due_on(self) -> date:
        """The day of the visit: as planned, or as it would be planned today."""
        if self.order.planned_on is not None and self.order.status not in TO_BE_PLANNED:
            return self.order.planned_on
        is_again = self.order.status is Status.REOPENED
        return working_day(self.day, 1 if is_again else self.course.visit_after_days)

    def _visit(self, has_room: bool) -> list[Step]:
        """The steps still missing from the depot to the end of the work."""
        if not has_room or self._due_on() > self.day:
            return []
        status = self.order.status
        taken = ON_THE_STREET.index(status) + 1 if status in ON_THE_STREET else 0
        steps = [self._on_visit(deed, minutes) for deed, minutes in WAY[taken:]]
        if self.course.ending is Ending.WAITS_FOR_PART:
            return [*steps, self._on_visit(Deed.WAIT, 31)]
        return [*steps, self._completion()]

    def _second_visit(self, has_room: bool) -> list[Step]:
        planned_on = self.order.planned_on or self.day
        if not has_room or self.day < working_day(planned_on, PART_DAYS):
            return []
        return [self._on_visit(Deed.RESUME, 15), self._completion()]

    def _completion(self) -> Step:
        age = self.day - self.order.opened_at.date()
        is_botched = self.course.ending is Ending.BOTCHED
        holds = not (is_botched and age < timedelta(days=BOTCHED_DAYS))
        return self._on_visit(Deed.COMPLETE, 44, holds=holds)

    def _judgement(self) -> list[Step]:
        """Work that is done: proven, taken up again, or closed."""
        order, done_at = self.order, self.order.done_at
        if done_at is None:
            return []
        age = self.day - done_at.date()
        if order.status is Status.DONE and order.source is not Source.ALARM:
            return [self._at_desk(Deed.VERIFY, 0)] if age >= timedelta(days=1) else []
        if order.status is Status.DONE and not order.has_cleared:
            return [self._at_desk(Deed.REOPEN, 0)] if age >= timedelta(days=REOPEN_DAYS) else []
        if order.status is Status.VERIFIED and age >= timedelta(days=CLOSE_DAYS):
            return [self._at_desk(Deed.CLOSE, 0)]
        return []

    def _at_desk(self, deed: Deed, minutes: int, planned_on: date | None = None) -> Step:
        at = self.desk_at + timedelta(minutes=minutes)
        return Step(at, deed, self.crew, planned_on)

    def _on_visit(self, deed: Deed, minutes: int, *, holds: bool = True) -> Step:
        return Step(self.visit_at + timedelta(minutes=minutes), deed, self.crew, holds=holds)
