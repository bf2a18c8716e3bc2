"""Calendars to start from, as data: one YAML file each, read with the same checks as the API's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from schedules.documents import CalendarDocument, ControlProgramDocument
from schedules.model import CalendarSet

FOLDER = Path(__file__).parent
NAMESPACE = uuid5(NAMESPACE_URL, "urn:reverbere:schedules:library")


@dataclass(frozen=True, slots=True)
class Sample:
    """A calendar of the library with its programs; ids are made of the names in the file."""

    slug: str
    summary: Mapping[str, str]  # by language
    calendar: CalendarDocument
    programs: Mapping[UUID, ControlProgramDocument]

    def calendar_set(self) -> CalendarSet:
        """The sample as values."""
        return CalendarSet(
            self.calendar.value(uuid5(NAMESPACE, self.slug)),
            {
                program_id: program.value(program_id)
                for program_id, program in self.programs.items()
            },
        )


@cache
def samples() -> Sequence[Sample]:
    """Every sample, in order of file name."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def sample(slug: str) -> Sample:
    """The sample in `<slug>.yaml`; KeyError if there is none."""
    return {one.slug: one for one in samples()}[slug]


def _read(path: Path) -> Sample:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    programs = {
        _program_id(path.stem, key): ControlProgramDocument.model_validate(program)
        for key, program in content["programs"].items()
    }
    calendar = dict(content["calendar"])
    rules = [_rule(path.stem, rule) for rule in calendar.pop("rules", [])]
    default_program_id = _program_id(path.stem, calendar.pop("default_program"))
    return Sample(
        slug=path.stem,
        summary=content["summary"],
        calendar=CalendarDocument(
            name=content["name"], default_program_id=default_program_id, rules=rules, **calendar
        ),
        programs=programs,
    )


def _rule(slug: str, rule: Mapping[str, Any]) -> Any:
    rest = {key: value for key, value in rule.items() if key != "program"}
    return {**rest, "program_id": _program_id(slug, rule["program"])}


def _program_id(slug: str, key: str) -> UUID:
    return uuid5(NAMESPACE, f"{slug}/{key}")
