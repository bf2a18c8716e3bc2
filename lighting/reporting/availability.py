"""Hours without light: outages within planned burning time, and the availability they leave.

A_light = 1 − Σ outage burning hours / Σ planned burning hours. Planned burning time is sunset to
sunrise at the middle of the estate, for every light point; an outage counts from the instant the
failure was confirmed to the instant the light answered again, within the month.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from lighting.reporting.model import (
    SECONDS_PER_HOUR,
    LightFigures,
    OutageFacts,
    OutageFigure,
)

Span = tuple[datetime, datetime]


def light_figures(
    light_point_count: int,
    nights: Sequence[Span],
    outages: Sequence[OutageFacts],
    month: Span,
) -> LightFigures:
    """Availability of a month and the light points that were out, the longest first."""
    planned = sum((_overlap(night, month) for night in nights), timedelta())
    by_point = groupby(
        sorted(outages, key=lambda one: (one.light_point_code, one.raised_at)),
        key=lambda one: one.light_point_code,
    )
    figures = [_figure(list(found), nights, month) for _, found in by_point]
    planned_hours = _hours(planned) * light_point_count
    dark_hours = sum((one.dark_hours for one in figures), Decimal(0))
    return LightFigures(
        planned_hours=planned_hours,
        dark_hours=dark_hours,
        availability=1 - dark_hours / planned_hours if planned_hours else Decimal(1),
        still_out_count=sum(one.restored_at is None for one in figures),
        outages=sorted(figures, key=lambda one: (-one.dark_hours, one.light_point_code)),
    )


def _figure(outages: Sequence[OutageFacts], nights: Sequence[Span], month: Span) -> OutageFigure:
    spans = _joined([_within(one, month) for one in outages])
    dark = sum((_overlap(span, night) for span in spans for night in nights), timedelta())
    first, last = outages[0], outages[-1]
    is_restored = last.cleared_at is not None and last.cleared_at < month[1]
    return OutageFigure(
        light_point_code=first.light_point_code,
        street=first.street,
        cabinet_code=first.cabinet_code,
        outage_count=len(outages),
        dark_hours=_hours(dark),
        first_at=first.raised_at,
        restored_at=last.cleared_at if is_restored else None,
    )


def _within(outage: OutageFacts, month: Span) -> Span:
    return max(outage.raised_at, month[0]), min(outage.cleared_at or month[1], month[1])


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order of time, those that overlap made one: no hour is counted twice."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _overlap(one: Span, other: Span) -> timedelta:
    return max(min(one[1], other[1]) - max(one[0], other[0]), timedelta())


def _hours(duration: timedelta) -> Decimal:
    return Decimal(duration // timedelta(seconds=1)) / SECONDS_PER_HOUR
