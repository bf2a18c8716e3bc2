"""The PDF: archival (PDF/A-2a) and accessible (PDF/UA-1), set by typst with its own fonts only."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

import typst

from lighting.reporting import canonical
from lighting.reporting.document import Chart, Column, Document, Kind, Row, Section, Table
from lighting.reporting.wording import Wording

TEMPLATE = Path(__file__).with_name("report.typ")
# Horizontal lines of the chart: steps of 1, 2 or 5 times a power of ten, at most this many.
TICKS_MAX = 5
STEPS = (1, 2, 5)
# Text up to this long does not need more room than figures.
SHORT_TEXT_MAX = 10


def pdf(document: Document, say: Wording, frozen_at: datetime) -> bytes:
    """The printed document; its dates are those of the freezing, so it never changes."""
    data = canonical.encode(_printed(document, say, frozen_at))
    content: bytes = typst.compile(
        TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": data.decode()},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(frozen_at.timestamp()),
    )
    return content


def _printed(document: Document, say: Wording, frozen_at: datetime) -> dict[str, Any]:
    """The document with every value written out."""
    return {
        "language": document.language.value,
        "date": list(frozen_at.utctimetuple()[:6]),
        "kicker": document.kicker,
        "title": document.title,
        "subtitle": document.subtitle,
        "description": document.description,
        "key_figures": [figure._asdict() for figure in document.key_figures],
        "summary": [remark._asdict() for remark in document.summary],
        "chart": _chart(document.chart, say),
        "signatures": [box._asdict() for box in document.signatures],
        "frozen": document.frozen,
        "fingerprint_label": document.fingerprint_label,
        "fingerprint": document.fingerprint,
        "footer": document.footer,
        "page_label": document.page_label,
        "sections": [_section(section, say) for section in document.sections],
    }


def _chart(chart: Chart, say: Wording) -> dict[str, Any]:
    """Bars as shares of the height, and the ticks of the axis."""
    top = max(bar.measured_kwh + bar.estimated_kwh for bar in chart.bars)
    step = _step(top)
    tick_count = max(1, int((top / step).to_integral_value(ROUND_CEILING)))
    ticks = range(1, tick_count + 1)
    ceiling = step * ticks[-1]
    decimals = max(0, -int(step.normalize().as_tuple().exponent))
    return {
        "title": chart.title,
        "description": chart.description,
        "unit": chart.unit,
        "measured_label": chart.measured_label,
        "estimated_label": chart.estimated_label,
        "partial_label": chart.partial_label,
        "ticks": [
            {"at": float(n * step / ceiling), "label": say.number(n * step, decimals)}
            for n in ticks
        ],
        "bars": [
            {
                "label": bar.label,
                "measured": float(bar.measured_kwh / ceiling),
                "estimated": float(bar.estimated_kwh / ceiling),
                "partial": bar.is_partial,
                "weekend": bar.is_weekend,
            }
            for bar in chart.bars
        ],
    }


def _step(top: Decimal) -> Decimal:
    """The smallest round step that needs at most `TICKS_MAX` lines up to `top`."""
    if top <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(top.adjusted() - 1)
    while True:
        for factor in STEPS:
            if top <= TICKS_MAX * factor * power:
                return factor * power
        power *= 10


def _section(section: Section, say: Wording) -> dict[str, Any]:
    return {
        "title": section.title,
        "paragraphs": section.paragraphs,
        "tables": [_table(table, say) for table in section.tables],
        "remarks": [remark._asdict() for remark in section.remarks],
    }


def _table(table: Table, say: Wording) -> dict[str, Any]:
    """The columns meant for paper, every value written out."""
    kept = [at for at, column in enumerate(table.columns) if column.on_paper]
    columns = [table.columns[at] for at in kept]
    rows = [
        [say.cell(row[at], table.columns[at]) for at in kept]
        for row in table.rows[: table.printed_max]
    ]
    total = None if table.total is None else [table.total[at] for at in kept]
    elastic = _elastic(columns, rows)
    return {
        "title": table.title,
        "columns": [
            {
                "title": column.title,
                "unit": column.unit,
                "number": column.kind.is_number,
                "elastic": elastic is None or at == elastic,
            }
            for at, column in enumerate(columns)
        ],
        "rows": rows,
        "total": None if total is None else _total(columns, total, say),
        "note": table.note,
    }


def _elastic(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int | None:
    """The column that takes the room left: the longest text; None where all share it alike."""
    texts = [at for at, column in enumerate(columns) if column.kind is Kind.TEXT]
    widths = {at: max((len(row[at]) for row in rows), default=0) for at in texts}
    longest = max(texts, key=lambda at: widths[at], default=None)
    return longest if longest is not None and widths[longest] > SHORT_TEXT_MAX else None


def _total(columns: Sequence[Column], total: Row, say: Wording) -> list[str]:
    """The last row: its first cell is a word, and what has no total stays blank."""
    cells = zip(total[1:], columns[1:], strict=True)
    return [str(total[0]), *("" if v is None else say.cell(v, column) for v, column in cells)]
