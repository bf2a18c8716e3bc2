"""Programs and calendars as documents: what the API speaks, the database keeps, the library holds.

Reading a document makes its value once, so that one that was read is known to make sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from schedules import model
from schedules.rules import is_known_region

NAME_LENGTH_MAX = 120
NIL = UUID(int=0)  # stands for the identity of what has none yet


def _as_written(given: object) -> object:
    """Numbers would be read as seconds since midnight, and surprise whoever wrote 2200."""
    if not isinstance(given, str | time):
        raise ValueError('write a wall time as text, such as "22:00"')
    return given


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH_MAX)
]
WallTime = Annotated[time, BeforeValidator(_as_written)]
MonthDay = Annotated[
    str, Field(pattern=r"^\d\d-\d\d$", description='Month and day, such as "12-24".')
]


class Document(BaseModel):
    """Unknown fields are refused: a misspelt one must not pass for a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _makes_a_value(self) -> Self:
        self.value()
        return self

    def value(self) -> object:
        """The model's value; ValueError says what to correct."""
        raise NotImplementedError


class ClockMomentDocument(Document):
    """A local wall time, between noon of the evening's date and the next noon."""

    kind: Literal["clock"]
    at: WallTime

    def value(self) -> model.ClockMoment:
        return model.ClockMoment(self.at)


class SolarMomentDocument(Document):
    """An event of the Sun, some minutes later (or, negative, sooner)."""

    kind: Literal["solar"]
    event: model.SolarEvent
    offset_minutes: StrictInt = 0

    def value(self) -> model.SolarMoment:
        return model.SolarMoment(self.event, timedelta(minutes=self.offset_minutes))


MomentDocument = Annotated[ClockMomentDocument | SolarMomentDocument, Field(discriminator="kind")]


class ActivePeriodDocument(Document):
    """Time during which the program lights."""

    start: MomentDocument
    end: MomentDocument

    def value(self) -> model.ActivePeriod:
        return model.ActivePeriod(self.start.value(), self.end.value())


class ProgramStepDocument(Document):
    """From a moment on, another level."""

    at: MomentDocument
    level_percent: StrictInt
    fade_s: StrictInt = 0
    cct_k: StrictInt | None = None

    def value(self) -> model.ProgramStep:
        fade = timedelta(seconds=self.fade_s)
        return model.ProgramStep(self.at.value(), self.level_percent, fade, self.cct_k)


class ControlProgramDocument(Document):
    """How a night is lit."""

    name: Name
    level_percent: StrictInt = model.LEVEL_PERCENT_MAX
    cct_k: StrictInt | None = None
    active_periods: list[ActivePeriodDocument] = Field(max_length=model.PERIODS_MAX)
    steps: list[ProgramStepDocument] = Field(default=[], max_length=model.STEPS_MAX)

    def value(self, program_id: UUID = NIL) -> model.ControlProgram:
        return model.ControlProgram(
            id=program_id,
            name=self.name,
            active_periods=tuple(period.value() for period in self.active_periods),
            level_percent=self.level_percent,
            steps=tuple(step.value() for step in self.steps),
            cct_k=self.cct_k,
        )


class WeekDaysDocument(Document):
    """Nights beginning on days of the week, 1 is Monday; all weeks, or some of the month."""

    kind: Literal["week_days"]
    days: list[StrictInt]
    occurrences: list[StrictInt] = []

    def value(self) -> model.WeekDays:
        return model.WeekDays(frozenset(self.days), frozenset(self.occurrences))


class YearDaysDocument(Document):
    """Every year from one day to another, both included."""

    kind: Literal["year_days"]
    first: MonthDay
    last: MonthDay

    def value(self) -> model.YearDays:
        return model.YearDays(_month_day(self.first), _month_day(self.last))


class MonthDaysDocument(Document):
    """Every month from one day of the month to another, both included."""

    kind: Literal["month_days"]
    first: StrictInt
    last: StrictInt

    def value(self) -> model.MonthDays:
        return model.MonthDays(self.first, self.last)


class SpecialDaysDocument(Document):
    """Nights beginning on dates given one by one."""

    kind: Literal["special_days"]
    dates: list[date] = Field(max_length=model.SPECIAL_DAYS_MAX)

    def value(self) -> model.SpecialDays:
        return model.SpecialDays(frozenset(self.dates))


class PublicHolidaysDocument(Document):
    """Nights beginning on a public holiday of the calendar's region, or on the eve of one."""

    kind: Literal["public_holidays"]
    on_eves: StrictBool = False

    def value(self) -> model.PublicHolidays:
        return model.PublicHolidays(self.on_eves)


ConditionDocument = Annotated[
    WeekDaysDocument
    | YearDaysDocument
    | MonthDaysDocument
    | SpecialDaysDocument
    | PublicHolidaysDocument,
    Field(discriminator="kind"),
]


class CalendarRuleDocument(Document):
    """A program, and the nights it is for."""

    name: Name
    program_id: UUID
    condition: ConditionDocument | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def value(self) -> model.CalendarRule:
        condition = None if self.condition is None else self.condition.value()
        return model.CalendarRule(
            self.name, self.program_id, condition, self.starts_on, self.ends_on
        )


class CalendarDocument(Document):
    """Rules in order of priority, the first that matches wins, and a program for other nights."""

    name: Name
    default_program_id: UUID
    rules: list[CalendarRuleDocument] = Field(default=[], max_length=model.RULES_MAX)
    holiday_region: str | None = Field(
        default=None, max_length=10, description='ISO 3166, such as "FR", "FR-57" or "FR-974".'
    )
    ambiguous_time: model.AmbiguousTime = model.AmbiguousTime.OFF_FIRST_ON_SECOND

    def value(self, calendar_id: UUID = NIL) -> model.Calendar:
        if self.holiday_region is not None and not is_known_region(self.holiday_region):
            raise ValueError(
                f"no public holidays are known for {self.holiday_region!r}; "
                "write an ISO 3166 code such as FR, FR-57 (Moselle) or FR-6AE (Alsace)"
            )
        return model.Calendar(
            id=calendar_id,
            name=self.name,
            default_program_id=self.default_program_id,
            rules=tuple(rule.value() for rule in self.rules),
            holiday_region=self.holiday_region,
            ambiguous_time=self.ambiguous_time,
        )

    def program_ids(self) -> set[UUID]:
        """Every program the calendar names."""
        return {self.default_program_id, *(rule.program_id for rule in self.rules)}

    def with_programs(self, ids: Mapping[UUID, UUID]) -> CalendarDocument:
        """The same calendar, each program replaced by another."""
        rules = [
            rule.model_copy(update={"program_id": ids[rule.program_id]}) for rule in self.rules
        ]
        default_program_id = ids[self.default_program_id]
        return self.model_copy(update={"default_program_id": default_program_id, "rules": rules})


def stored(document: Document) -> dict[str, Any]:
    """The document as JSON values."""
    return document.model_dump(mode="json")


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
