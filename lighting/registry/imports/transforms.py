"""Named functions from a text of a file to a value; mappings refer to them by name.

A mapping holds no expressions: what needs logic is a function here. Each takes a text that is not
blank and raises `BadValueError` when it cannot be read.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from lighting.registry.imports.model import TEXT_LENGTH_MAX, BadValueError

Transform: TypeAlias = Callable[[str, ZoneInfo], Any]

M_PER_FOOT = 0.3048
# Tabs and line ends are spaces like others.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BRACKETED = re.compile(r"\(([^()]*)\)\s*$")


def text(value: str, _: ZoneInfo) -> str:
    """The text with its spaces put in order."""
    if _CONTROL.search(value):
        raise BadValueError("unusable_text", "holds signs that are not text")
    if len(value) > TEXT_LENGTH_MAX:
        raise BadValueError("unusable_text", f"is longer than {TEXT_LENGTH_MAX} signs")
    return " ".join(value.split())


def capitalised(value: str, zone: ZoneInfo) -> str:
    """ "LUMINAIRE AMBIANCE" and "Luminaire ambiance" are one: "Luminaire ambiance"."""
    return text(value, zone).capitalize()


def title(value: str, zone: ZoneInfo) -> str:
    """ "E GOWEN RD" → "E Gowen Rd"."""
    return " ".join(word.capitalize() for word in text(value, zone).split())


def number(value: str, _: ZoneInfo) -> float:
    """A finite number, with a decimal point or comma."""
    try:
        found = float(value.strip().replace(",", "."))
    except ValueError:
        raise BadValueError("not_a_number", f"'{value[:40]}' is not a number") from None
    if not math.isfinite(found):
        raise BadValueError("not_a_number", f"'{value[:40]}' is not a finite number")
    return found


def integer(value: str, zone: ZoneInfo) -> int:
    """A whole number."""
    found = number(value, zone)
    if found != int(found):
        raise BadValueError("not_a_number", f"'{value[:40]}' is not a whole number")
    return int(found)


def feet(value: str, zone: ZoneInfo) -> float:
    """Feet, as metres to the centimetre."""
    return round(number(value, zone) * M_PER_FOOT, 2)


def watts(value: str, zone: ZoneInfo) -> float:
    """Watts, with or without a remark in brackets behind: "286(LED)" → 286."""
    return number(_BRACKETED.sub("", value), zone)


def bracketed(value: str, _: ZoneInfo) -> str | None:
    """The remark in brackets behind: "286(LED)" → "LED"; None when there is none."""
    found = _BRACKETED.search(value)
    return found.group(1).strip() if found else None


def iso_date(value: str, _: ZoneInfo) -> date:
    """The calendar date of "2013-08-20" or "2013-08-20T00:00:00.000Z", as written."""
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        raise BadValueError("not_a_date", f"'{value[:40]}' is not a date") from None


def local_date(value: str, zone: ZoneInfo) -> date:
    """The local date of an instant: "2005/01/01 06:00:00+00" is midnight in Chicago."""
    written = value.strip().replace("/", "-")
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise BadValueError("not_a_date", f"'{value[:40]}' is not a date and time") from None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.astimezone(zone).date()


def day_month_year(value: str, _: ZoneInfo) -> date:
    """The date of "20/08/2013"."""
    try:
        day, month, year = (int(part) for part in value.strip().split("/"))
        return date(year, month, day)
    except ValueError:
        raise BadValueError("not_a_date", f"'{value[:40]}' is not day/month/year") from None


def lower(value: str, zone: ZoneInfo) -> str:
    """A network address or the like, in lower case."""
    return text(value, zone).lower()


TRANSFORMS: Mapping[str, Transform] = {
    function.__name__: function
    for function in (
        *(text, capitalised, title, lower, number, integer, feet, watts, bracketed),
        *(iso_date, local_date, day_month_year),
    )
}
