"""Shapes of the API for calendars, control programs and nights."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, StrictInt, StringConstraints

from schedules.compute import PlannedNight, burning_time, full_load_equivalent
from schedules.documents import CalendarDocument, ControlProgramDocument, Document
from schedules.model import DimmingStep
from schedules.service import Kept
from schedules.words import step_sentences

WHY_LENGTH_MAX = 500
SECOND = timedelta(seconds=1)

Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=WHY_LENGTH_MAX)]
GivenWhy = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=WHY_LENGTH_MAX)
]
DocumentT = TypeVar("DocumentT", bound=Document)


class Creation(BaseModel):
    """Whose it shall be, and why it is made."""

    organisation_id: UUID
    why: Why = ""


class Change(BaseModel):
    """The version that was edited, and why."""

    version: StrictInt
    why: GivenWhy


class Version(BaseModel):
    """Which version of what, who wrote it, when and why."""

    id: UUID
    organisation_id: UUID
    version: int
    changed_at: datetime
    changed_by_name: str
    why: str


class CalendarCreation(CalendarDocument, Creation):
    """A new calendar."""


class CalendarChange(CalendarDocument, Change):
    """A calendar as it shall be from now on."""


class CalendarAnswer(CalendarDocument, Version):
    """A calendar."""


class ControlProgramCreation(ControlProgramDocument, Creation):
    """A new control program."""


class ControlProgramChange(ControlProgramDocument, Change):
    """A control program as it shall be from now on."""


class ControlProgramAnswer(ControlProgramDocument, Version):
    """A control program."""


class StepAnswer(BaseModel):
    """From an instant on, a level; and why, in plain words by language."""

    starts_at: datetime
    level_percent: int
    fade_s: int
    cct_k: int | None
    sentences: dict[str, list[str]]


class NightAnswer(BaseModel):
    """One lighting night, local noon to local noon, named by the date of its evening."""

    evening: date
    starts_at: datetime
    ends_at: datetime
    rule: str | None
    program_id: UUID
    program_name: str
    burning_time_s: int
    full_load_equivalent_s: int
    steps: list[StepAnswer]


def document_in(document: type[DocumentT], body: DocumentT) -> DocumentT:
    """The document alone, out of a body that says more."""
    return document.model_validate(body.model_dump(include=set(document.model_fields)))


def calendar_answer(kept: Kept[CalendarDocument]) -> CalendarAnswer:
    """A kept calendar as the API shows it."""
    return CalendarAnswer(**kept.document.model_dump(), **_version(kept))


def control_program_answer(kept: Kept[ControlProgramDocument]) -> ControlProgramAnswer:
    """A kept control program as the API shows it."""
    return ControlProgramAnswer(**kept.document.model_dump(), **_version(kept))


def night_answer(planned: PlannedNight) -> NightAnswer:
    """A night with its steps, what they amount to, and why."""
    night, steps = planned.night, planned.steps
    bounds = night.starts_at, night.ends_at
    return NightAnswer(
        evening=night.evening,
        starts_at=night.starts_at,
        ends_at=night.ends_at,
        rule=planned.rule.name if planned.rule else None,
        program_id=planned.program.id,
        program_name=planned.program.name,
        burning_time_s=burning_time(steps, *bounds) // SECOND,
        full_load_equivalent_s=full_load_equivalent(steps, *bounds) // SECOND,
        steps=[_step_answer(step, night.timezone) for step in steps],
    )


def _step_answer(step: DimmingStep, timezone: str) -> StepAnswer:
    return StepAnswer(
        starts_at=step.starts_at,
        level_percent=step.level_percent,
        fade_s=step.fade // SECOND,
        cct_k=step.cct_k,
        sentences=dict(step_sentences(step, timezone)),
    )


def _version(kept: Kept[Any]) -> dict[str, Any]:
    return {
        "id": kept.id,
        "organisation_id": kept.organisation_id,
        "version": kept.version,
        "changed_at": kept.changed_at,
        "changed_by_name": kept.changed_by_name,
        "why": kept.why,
    }
