"""Numbers, dates and names as a reader of French or English expects them."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lighting.reporting.document import Column, Kind
from lighting.reporting.model import Language

NARROW_SPACE = "\u202f"
HARD_SPACE = "\u00a0"
DASH = "–"
MINUS = "\u2212"

_MONTHS = {
    Language.FR: (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_DAYS = {
    Language.FR: ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    Language.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_GROUPS = {Language.FR: (NARROW_SPACE, ","), Language.EN: (",", ".")}


class Wording:
    """How one language writes values; instants are told by the clock of a time zone."""

    def __init__(self, language: Language, timezone: str) -> None:
        self.language = language
        self._zone = ZoneInfo(timezone)

    def number(self, value: Decimal | int, decimals: int = 0) -> str:
        """Grouped by thousands, halves rounded up."""
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        thousands, point = _GROUPS[self.language]
        text = f"{abs(rounded):,.{decimals}f}"
        whole, _, fraction = text.partition(".")
        grouped = whole.replace(",", thousands) + (point + fraction if fraction else "")
        return (MINUS if rounded < 0 else "") + grouped

    def share(self, value: Decimal, decimals: int = 1) -> str:
        """A fraction as a percentage; what is not all or nothing is never shown as such."""
        percent, unit = value * 100, Decimal(1).scaleb(-decimals)
        if 0 < percent < 100:
            percent = min(max(percent, unit), 100 - unit)
        space = HARD_SPACE if self.language is Language.FR else ""
        return f"{self.number(percent, decimals)}{space}%"

    def signed_share(self, value: Decimal) -> str:
        """A change as a percentage, with its sign."""
        return ("+" if value > 0 else "") + self.share(value)

    def eur(self, value: Decimal) -> str:
        """Euros to the cent."""
        amount = self.number(value, 2)
        return f"{amount}{HARD_SPACE}€" if self.language is Language.FR else f"€{amount}"

    def month(self, on: date) -> str:
        """`octobre 2026`."""
        return f"{_MONTHS[self.language][on.month - 1]} {on.year}"

    def day(self, on: date) -> str:
        """`3 novembre 2026`."""
        first = "1er" if on.day == 1 and self.language is Language.FR else str(on.day)
        return f"{first}{HARD_SPACE}{self.month(on)}"

    def short_day(self, on: date) -> str:
        """`sam. 3`: the month is known from the title."""
        return f"{_DAYS[self.language][on.weekday()]} {on.day}"

    def instant(self, at: datetime) -> str:
        """`3 novembre 2026 à 08:00`, by the local clock."""
        local = at.astimezone(self._zone)
        link = " à " if self.language is Language.FR else " at "
        return f"{self.day(local.date())}{link}{local:%H:%M}"

    def short_instant(self, at: datetime) -> str:
        """`03/10 21:40` in French, `3 Oct 21:40` in English."""
        local = at.astimezone(self._zone)
        if self.language is Language.FR:
            return f"{local:%d/%m}{HARD_SPACE}{local:%H:%M}"
        name = _MONTHS[self.language][local.month - 1][:3]
        return f"{local.day}{HARD_SPACE}{name}{HARD_SPACE}{local:%H:%M}"

    def cell(self, value: Any, column: Column) -> str:
        """A value of a table as text."""
        if value is None:
            return DASH
        if isinstance(value, str):
            return value
        match column.kind:
            case Kind.DATE:
                return self.short_day(value)
            case Kind.INSTANT:
                return self.short_instant(value)
            case Kind.SHARE:
                return self.share(value, column.decimals or 1)
            case Kind.EUR:
                return self.number(value, 2)
            case Kind.QUANTITY:
                return self.number(value, min(column.decimals, decimals_of(value)))
            case _:
                return self.number(value, column.decimals)


def decimals_of(value: Decimal | int) -> int:
    """How many decimals a value really has."""
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
