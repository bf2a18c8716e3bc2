"""The XLSX: a sheet with the summary, then one for each table, numbers as numbers."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from lighting.reporting.document import Column, Document, Kind, Table

SHEET_NAME_MAX = 31
WIDTHS = {Kind.TEXT: 26, Kind.VALUE: 22, Kind.DATE: 12, Kind.INSTANT: 17}
NUMBER_WIDTH = 14
PERCENT = 100


def xlsx(document: Document, frozen_at: datetime, timezone: str) -> bytes:
    """A workbook; text is always written as text, so no cell is ever a formula."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"constant_memory": True})  # rows in their order only
    book.set_properties(
        {
            "title": f"{document.title} · {document.subtitle}",
            "subject": document.description,
            "author": document.title,
            "created": frozen_at.replace(tzinfo=None),
        }
    )
    formats = Formats(book)
    _summary_sheet(book, formats, document)
    for table in tables(document):
        _table_sheet(book, formats, table, ZoneInfo(timezone))
    book.close()
    return stream.getvalue()


def tables(document: Document) -> Iterator[Table]:
    """The tables of every chapter in order, then those for spreadsheets only."""
    for section in document.sections:
        yield from section.tables
    yield from document.worksheets


class Formats:
    """Cell formats, made once a workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        )
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quiet = book.add_format({"font_color": "#5C677D", "text_wrap": True})

    def of(self, column: Column, *, is_total: bool = False) -> Any:
        """The format of a column's cells."""
        key = (column.kind, column.decimals, is_total)
        if key not in self._made:
            look: dict[str, Any] = {"num_format": number_format(column)}
            if is_total:
                look |= {"bold": True, "top": 1}
            if column.kind is Kind.VALUE:
                look["align"] = "right"
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def number_format(column: Column) -> str:
    """The spreadsheet's format of a kind of value."""
    match column.kind:
        case Kind.TEXT | Kind.VALUE:
            return "General"
        case Kind.DATE:
            return "yyyy-mm-dd"
        case Kind.INSTANT:
            return "yyyy-mm-dd hh:mm"
        case Kind.SHARE:
            return "0.00%"
        case Kind.EUR:
            return "#,##0.00"
        case _:
            return "#,##0" + ("." + "0" * column.decimals if column.decimals else "")


def _summary_sheet(book: Any, formats: Formats, document: Document) -> None:
    sheet = book.add_worksheet(_sheet_name(document.subtitle))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 2, 60)
    sheet.write_string(0, 0, f"{document.title} · {document.subtitle}", formats.title)
    sheet.write_string(1, 0, document.kicker)
    row = 3
    for figure in document.key_figures:
        sheet.write_string(row, 0, figure.label)
        sheet.write_string(row, 1, f"{figure.value} {figure.unit}")
        sheet.write_string(row, 2, figure.note, formats.quiet)
        row += 1
    row += 1
    for remark in document.summary:
        sheet.write_string(row, 0, remark.label, formats.wrapped)
        sheet.merge_range(row, 1, row, 2, "", formats.wrapped)
        sheet.write_string(row, 1, remark.text, formats.wrapped)
        sheet.set_row(row, 46)
        row += 1
    row += 1
    for text in (document.frozen, document.fingerprint_label, document.fingerprint):
        sheet.write_string(row, 0, text)
        row += 1


def _table_sheet(book: Any, formats: Formats, table: Table, zone: ZoneInfo) -> None:
    sheet = book.add_worksheet(_sheet_name(table.sheet or table.title))
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, WIDTHS.get(column.kind, NUMBER_WIDTH))
        title = f"{column.title} ({column.unit})" if column.unit else column.title
        sheet.write_string(0, at, title, formats.heading)
    sheet.freeze_panes(1, 1)
    looks = [formats.of(column) for column in table.columns]
    for number, row in enumerate(table.rows, start=1):
        _write_row(sheet, number, row, looks, zone)
    end = len(table.rows)
    if end:
        sheet.autofilter(0, 0, end, len(table.columns) - 1)
    if table.total is not None:
        end += 1
        looks = [formats.of(column, is_total=True) for column in table.columns]
        _write_row(sheet, end, table.total, looks, zone)
    if table.note:
        sheet.write_string(end + 2, 0, table.note)


def _write_row(
    sheet: Any, number: int, row: Sequence[Any], looks: Sequence[Any], zone: ZoneInfo
) -> None:
    """One row; a hundred thousand of them make a large city, so plain values come first."""
    for at, value in enumerate(row):
        kind = type(value)
        if kind is Decimal or kind is int:
            sheet.write_number(number, at, value, looks[at])
        elif kind is str:
            sheet.write_string(number, at, value, looks[at])
        elif kind is datetime:
            local = value.astimezone(zone).replace(tzinfo=None)
            sheet.write_datetime(number, at, local, looks[at])
        elif kind is date:
            sheet.write_datetime(number, at, value, looks[at])
        else:
            assert value is None, f"a cell cannot hold {value!r}"
            sheet.write_blank(number, at, None, looks[at])


def _sheet_name(title: str) -> str:
    """A title without what Excel forbids in the name of a sheet."""
    kept = "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)
    return kept[:SHEET_NAME_MAX].strip()
