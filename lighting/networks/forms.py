"""What a form must ask to enter a network of each kind: read from the settings of `kinds`, so that
a setting added there is asked for without anyone having to think of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lighting.networks.kinds import SETTINGS
from lighting.networks.model import NetworkKind


class FieldType(StrEnum):
    """How a setting is asked for."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SECRET = "secret"  # the name of an entry of REVERBERE_NETWORK_SECRETS
    PROFILE = "profile"  # the name of a device profile
    ROWS = "rows"  # any number of rows, each of `fields`


@dataclass(frozen=True, slots=True)
class FormField:
    """One setting; `default` is None where nothing is meant by saying nothing. `least` and `most`
    bound a number, or the length of a text in characters."""

    name: str
    type: FieldType
    is_required: bool
    default: str | int | bool | None = None
    least: float | None = None
    most: float | None = None
    pattern: str | None = None
    choices: Sequence[str] = ()
    fields: Sequence["FormField"] = ()


def form_of(kind: NetworkKind) -> Sequence[FormField]:
    """The settings of a kind, in the order they are asked for."""
    schema = SETTINGS[kind].model_json_schema()
    return _fields(schema, schema.get("$defs", {}))


def _fields(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> Sequence[FormField]:
    required = schema.get("required", ())
    return [
        _field(name, _said(told), name in required, shapes)
        for name, told in schema.get("properties", {}).items()
    ]


def _said(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The setting when it is given: what may be left out says so in its default."""
    given = (one for one in told.get("anyOf", ()) if one.get("type") != "null")
    return {**told, **next(given, {})}


def _field(
    name: str, told: Mapping[str, Any], is_required: bool, shapes: Mapping[str, Any]
) -> FormField:
    row = shapes.get(str(told.get("items", {}).get("$ref", "")).rpartition("/")[2])
    default = told.get("default")
    return FormField(
        name=name,
        type=FieldType.ROWS if row else _type(name, told),
        is_required=is_required,
        default=default if isinstance(default, str | int | bool) else None,
        least=told.get("minimum", told.get("minLength")),
        most=told.get("maximum", told.get("maxLength")),
        pattern=told.get("pattern"),
        choices=tuple(told.get("enum", ())),
        fields=_fields(row, shapes) if row else (),
    )


def _type(name: str, told: Mapping[str, Any]) -> FieldType:
    if name in (FieldType.SECRET, FieldType.PROFILE):
        return FieldType(name)
    if "enum" in told:
        return FieldType.CHOICE
    by_type = {"integer": FieldType.NUMBER, "number": FieldType.NUMBER, "boolean": FieldType.YES_NO}
    return by_type.get(told.get("type", ""), FieldType.TEXT)
