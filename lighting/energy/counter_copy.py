"""Counters from the database straight into arrays.

They come as binary COPY of rows of fixed width, read by numpy in one piece: a day of 100,000
lights is ten million readings, and a Python object for each would cost more than all the rest.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.energy.counters import INTERVAL_MS_MAX, REACH, Readings, in_order
from lighting.energy.days import to_ms
from lighting.energy.model import Ints


class Span(NamedTuple):
    """A stretch of one controller's readings, in milliseconds of UTC, end excluded."""

    controller_key: int
    start_ms: int
    end_ms: int


_SPAN = """
SELECT key, to_timestamp(start_ms / 1000.0) AS start_at, to_timestamp(end_ms / 1000.0) AS end_at
FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS given(key, start_ms, end_ms)
"""

_SURROUNDINGS = f"""
WITH span AS MATERIALIZED ({_SPAN})
SELECT key,
       COALESCE(before.at, start_at) AS start_at,
       GREATEST(after.at + interval '1 ms', end_at) AS end_at
FROM span
CROSS JOIN LATERAL (SELECT min(at) AS at FROM (
    SELECT at FROM reading r
    WHERE r.controller_key = span.key AND r.at < span.start_at
      AND r.at >= span.start_at - interval '{INTERVAL_MS_MAX} ms'
      AND r.active_energy_wh IS NOT NULL
    ORDER BY at DESC LIMIT {REACH}) AS found) AS before
CROSS JOIN LATERAL (SELECT max(at) AS at FROM (
    SELECT at FROM reading r
    WHERE r.controller_key = span.key AND r.at >= span.end_at
      AND r.at < span.end_at + interval '{INTERVAL_MS_MAX} ms'
      AND r.active_energy_wh IS NOT NULL
    ORDER BY at LIMIT {REACH}) AS found) AS after
"""

_COUNTERS = f"""
WITH span AS MATERIALIZED ({_SPAN})
SELECT r.controller_key, r.at, r.active_energy_wh, COALESCE(r.burning_time_s, -1)
FROM span CROSS JOIN LATERAL (
    SELECT controller_key, at, active_energy_wh, burning_time_s FROM reading
    WHERE controller_key = span.key AND at >= span.start_at AND at < span.end_at
      AND active_energy_wh IS NOT NULL
) AS r
"""

# Binary COPY: a header of 19 bytes, then per row a count of fields and per field its length and
# big-endian value; two bytes end the stream. Instants are microseconds since 2000-01-01 UTC.
_HEADER_BYTES, _TRAILER_BYTES = 19, 2
_FIELDS = (("key", ">i4"), ("at_us", ">i8"), ("energy_wh", ">i8"), ("burning_s", ">i8"))
_ROW = np.dtype(
    [("field_count", ">i2")]
    + [part for name, kind in _FIELDS for part in ((f"{name}_bytes", ">i4"), (name, kind))]
)
_EPOCH_2000_MS = 946_684_800_000
_NO_VALUE = -1


async def surroundings(session: AsyncSession, spans: Sequence[Span]) -> list[Span]:
    """Each span, widened to hold the `REACH` readings before and after it."""
    connection = await raw(session)
    rows: Sequence[tuple[int, datetime, datetime]] = await connection.fetch(
        _SURROUNDINGS, *_columns(spans)
    )
    return [Span(key, to_ms(start), to_ms(end)) for key, start, end in rows]


async def load_counters(
    session: AsyncSession, spans: Sequence[Span], device_of: Mapping[int, int]
) -> tuple[Readings, Readings]:
    """Energy and burning counters of the spans; `device_of` gives each controller a position."""
    connection = await raw(session)
    stream = io.BytesIO()
    await connection.copy_from_query(_COUNTERS, *_columns(spans), output=stream, format="binary")
    content = stream.getvalue()
    count = (len(content) - _HEADER_BYTES - _TRAILER_BYTES) // _ROW.itemsize
    rows = np.frombuffer(content, dtype=_ROW, count=count, offset=_HEADER_BYTES)
    device = _positions(rows["key"].astype(np.int64), device_of)
    at_ms = rows["at_us"].astype(np.int64) // 1000 + _EPOCH_2000_MS
    burning_s = rows["burning_s"].astype(np.int64)
    burns = burning_s != _NO_VALUE
    return (
        in_order(device, at_ms, rows["energy_wh"].astype(np.int64)),
        in_order(device[burns], at_ms[burns], burning_s[burns]),
    )


def _columns(spans: Sequence[Span]) -> list[list[int]]:
    return [[span[at] for span in spans] for at in range(3)]


def _positions(keys: Ints, device_of: Mapping[int, int]) -> Ints:
    known = np.array(sorted(device_of), dtype=np.int64)
    position = np.array([device_of[int(key)] for key in known], dtype=np.int64)
    found: Ints = position[np.searchsorted(known, keys)]
    return found
