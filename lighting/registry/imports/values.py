"""Fields of a light point from the texts of a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from lighting.registry.imports.mapping import Field, MappingSpec
from lighting.registry.imports.model import BadValueError
from lighting.registry.imports.transforms import TRANSFORMS, text
from lighting.registry.model import AssetState, LampTechnology, Phase

# Fields of the image that are words of ours.
ENUMERATIONS: Mapping[str, type[AssetState | LampTechnology | Phase]] = {
    "state": AssetState,
    "lamp_technology": LampTechnology,
    "circuit_phase": Phase,
}


_UNREAD = object()


@dataclass(frozen=True, slots=True)
class _Column:
    """A field, how to pick its texts out of a row, and what these texts were read as before."""

    name: str
    field: Field
    pick: Callable[[Mapping[str, str]], Any]
    known: dict[Any, Any]


class FieldReader:
    """Reads the fields of one file. The same texts are read once: cities repeat themselves."""

    def __init__(self, mapping: MappingSpec, latest_on: date) -> None:
        self._latest_on = min(latest_on, mapping.state_on or latest_on)
        self._zone = ZoneInfo(mapping.timezone)
        self._blank = {"", *(word.casefold() for word in mapping.blank)}
        kept = {name: Field(columns=(column,)) for name, column in mapping.attributes.items()}
        self._fields = _columns(mapping.fields)
        self._attributes = _columns(kept)

    def facts(self, values: Mapping[str, str]) -> tuple[dict[str, Any], list[BadValueError]]:
        """What a row says, and what it says wrongly."""
        problems: list[BadValueError] = []
        facts = self._said(self._fields, values, problems)
        attributes = self._said(self._attributes, values, problems)
        if attributes:
            facts["attributes"] = attributes
        return facts, problems

    def _said(
        self, columns: Sequence[_Column], values: Mapping[str, str], problems: list[BadValueError]
    ) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for column in columns:
            texts = column.pick(values)
            found = column.known.get(texts, _UNREAD)
            if found is _UNREAD:
                found = column.known[texts] = self._value(column.name, column.field, values)
            if found.__class__ is BadValueError:
                problems.append(found)
            elif found is not None:
                said[column.name] = found
        return said

    def is_blank(self, value: str) -> bool:
        """Whether a text says nothing."""
        return value.strip().casefold() in self._blank

    def _value(self, name: str, field: Field, values: Mapping[str, str]) -> Any:
        try:
            return self._read(name, field, values)
        except BadValueError as problem:
            return BadValueError(problem.code, f"{name}: {problem}")

    def _read(self, name: str, field: Field, values: Mapping[str, str]) -> Any:
        value = self._first(field, values)
        if value is None:
            return None
        if field.values:
            return _ours(name, _listed(value, field.values))
        if isinstance(value, date):
            self._check_date(value, field)
        if field.range is not None and not field.range[0] <= value <= field.range[1]:
            raise BadValueError("out_of_range", f"{value:g} is not within {list(field.range)}")
        return _ours(name, value)

    def _first(self, field: Field, values: Mapping[str, str]) -> Any:
        """The value of the first source that says something."""
        for source in field.every_source:
            said = [values[column] for column in source.columns]
            joined = " ".join(value.strip() for value in said if not self.is_blank(value))
            value = TRANSFORMS[source.transform](joined, self._zone) if joined else None
            if value is not None:
                return value
        return None

    def _check_date(self, value: date, field: Field) -> None:
        if value in field.placeholders:
            raise BadValueError("placeholder_date", f"{value} stands for an unknown date")
        if value > self._latest_on:
            raise BadValueError("date_in_future", f"{value} is after {self._latest_on}")


def _columns(fields: Mapping[str, Field]) -> tuple[_Column, ...]:
    return tuple(
        _Column(name, field, itemgetter(*_read_by(field)), {}) for name, field in fields.items()
    )


def _read_by(field: Field) -> Sequence[str]:
    return [column for source in field.every_source for column in source.columns]


def _listed(value: Any, values: Mapping[str, str]) -> str | None:
    """The word of ours for a word of the source; None where the source's word says nothing."""
    known = {text_of.casefold(): ours for text_of, ours in values.items()}
    found = known.get(str(value).casefold())
    if found is None:
        raise BadValueError("unknown_value", f"'{value}' is not one of: {', '.join(values)}")
    return found or None


def _ours(name: str, value: Any) -> Any:
    """The member of an enumeration of ours, where the field is one; else the value."""
    if value is None or name not in ENUMERATIONS:
        return value
    try:
        return ENUMERATIONS[name](value)
    except ValueError:
        words = ", ".join(member.value for member in ENUMERATIONS[name])
        raise BadValueError("unknown_value", f"'{value}' is not one of: {words}") from None


def read_text(value: str) -> str:
    """A text for a key or a number: in order, and never one that holds control signs."""
    return text(value, ZoneInfo("UTC"))
