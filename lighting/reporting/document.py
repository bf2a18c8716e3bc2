"""A report as a document: figures, sentences and tables, apart from any file format."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from lighting.reporting.model import Language


class Kind(StrEnum):
    """What a column holds; decides how it is written and aligned."""

    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    COUNT = "count"
    KWH = "kwh"
    SHARE = "share"
    EUR = "eur"
    RATE = "rate"
    KG = "kg"
    HOURS = "hours"
    QUANTITY = "quantity"
    VALUE = "value"  # a figure already written with its unit

    @property
    def is_number(self) -> bool:
        return self not in (Kind.TEXT, Kind.DATE, Kind.INSTANT)


class Column(NamedTuple):
    """A column; `unit` is written under its title. Some are for spreadsheets only."""

    title: str
    kind: Kind
    unit: str = ""
    decimals: int = 0
    on_paper: bool = True


# A value of a row: text, number, date or instant; None is shown as a dash.
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titled columns. `printed_max` limits what goes on paper, spreadsheets hold all;
    `sheet` names the worksheet where the title is too long."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    note: str = ""
    printed_max: int | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter: its sentences, then its tables, then remarks."""

    title: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    remarks: Sequence["Remark"] = ()


class KeyFigure(NamedTuple):
    """One of the figures in large type on the first page."""

    label: str
    value: str
    unit: str
    note: str


class Remark(NamedTuple):
    """One of the sentences of the first page, behind the word that says what it is about."""

    label: str
    text: str


class Bar(NamedTuple):
    """One day of the chart, in kilowatt-hours."""

    label: str
    measured_kwh: Decimal
    estimated_kwh: Decimal
    is_partial: bool
    is_weekend: bool


class Chart(NamedTuple):
    """Energy of each day."""

    title: str
    description: str
    unit: str
    bars: Sequence[Bar]
    measured_label: str
    estimated_label: str
    partial_label: str


class SignatureBox(NamedTuple):
    """Where a party signs."""

    party: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in one language; `worksheets` are tables too long for paper."""

    language: Language
    kicker: str
    title: str
    subtitle: str
    key_figures: Sequence[KeyFigure]
    summary: Sequence[Remark]
    chart: Chart
    sections: Sequence[Section]
    worksheets: Sequence[Table]
    signatures: Sequence[SignatureBox]
    frozen: str
    fingerprint_label: str
    fingerprint: str
    footer: str
    page_label: str
    description: str
