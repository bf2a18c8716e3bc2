"""A past told at once: readings of many controllers as columns, from an archive or a simulation.

Frames of today come row by row and may come twice; an archive comes whole and once. Its columns
are packed into PostgreSQL's binary COPY format as arrays, which costs a tenth of a row at a time.
Source of the format: PostgreSQL documentation, "COPY", binary format.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from kit.errors import ConflictError
from lighting.telemetry.model import Reading
from lighting.telemetry.partitions import ensure_partitions_for

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH_US = 946_684_800_000_000  # PostgreSQL counts from the year 2000

# How each column lies in a row of the table.
_TYPES: Mapping[str, str] = {
    "controller_key": ">i4",
    "at": ">i8",
    "level_percent": ">i2",
    "active_power_w": ">f4",
    "active_energy_wh": ">i8",
    "supply_voltage_v": ">f4",
    "power_factor": ">f4",
    "temperature_c": ">f4",
    "burning_time_s": ">i8",
    "flags": ">i4",
}


class HistoryKnownError(ConflictError):
    """A reading of the history is in the store already; nothing of it was taken."""

    code = "history_known"
    title = "A part of this history is known"


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """Readings by column; `at_us` is microseconds since 1970, UTC. Nothing is missing."""

    controller_key: npt.NDArray[np.int64]
    at_us: npt.NDArray[np.int64]
    level_percent: npt.NDArray[np.int64]
    active_power_w: npt.NDArray[np.float64]
    active_energy_wh: npt.NDArray[np.int64]
    supply_voltage_v: npt.NDArray[np.float64]
    power_factor: npt.NDArray[np.float64]
    temperature_c: npt.NDArray[np.float64]
    burning_time_s: npt.NDArray[np.int64]
    flags: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.controller_key)

    @classmethod
    def joined(cls, parts: Sequence["ReadingColumns"]) -> "ReadingColumns":
        """Parts one after the other; at least one."""
        return cls(
            *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls))
        )

    def chosen(self, which: npt.NDArray[Any]) -> "ReadingColumns":
        """The readings at these places, or those marked true."""
        return replace(self, **{one.name: getattr(self, one.name)[which] for one in fields(self)})

    def in_order(self) -> "ReadingColumns":
        """The readings by controller, then instant."""
        return self.chosen(np.lexsort((self.at_us, self.controller_key)))

    def rows(self) -> Iterator[Reading]:
        """The readings one by one."""
        instants = {one: _instant(one) for one in np.unique(self.at_us).tolist()}
        for key, at_us, level, power, energy, voltage, factor, warm, burning, flags in zip(
            *(getattr(self, one.name).tolist() for one in fields(self)), strict=True
        ):
            yield Reading(
                key, instants[at_us], level, power, energy, voltage, None, factor, warm, burning,
                flags,
            )  # fmt: skip


async def load_history(session: AsyncSession, history: ReadingColumns, now: datetime) -> None:
    """Store readings that the store has never seen; one that it has refuses them all.

    Latest states, marks of energy days and alarms are the caller's to bring up to date. Raises
    `ReadingOutOfRangeError` for instants the store does not keep.
    """
    if not len(history):
        return
    ends = int(history.at_us.min()), int(history.at_us.max())
    await ensure_partitions_for(session, _every_day(*map(_instant, ends)), now)
    connection = await raw(session)
    try:
        await connection.copy_to_table(
            "reading", source=_pages(packed(history)), columns=list(_TYPES), format="binary"
        )
    except asyncpg.UniqueViolationError as error:
        raise HistoryKnownError("load each stretch of a history once only") from error


def packed(history: ReadingColumns) -> bytes:
    """The readings in order, in binary COPY format."""
    ordered = history.in_order()
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in _TYPES.items():
        layout += [(f"{name}_bytes", ">i4"), (name, kind)]
    table = np.empty(len(ordered), dtype=layout)
    table["fields"] = len(_TYPES)
    for name, kind in _TYPES.items():
        is_instant = name == "at"
        table[f"{name}_bytes"] = np.dtype(kind).itemsize
        table[name] = ordered.at_us - _EPOCH_US if is_instant else getattr(ordered, name)
    return _SIGNATURE + table.tobytes() + _TRAILER


async def _pages(content: bytes, page_bytes: int = 1 << 19) -> Any:
    """Pieces small enough for the connection's buffer."""
    for start in range(0, len(content), page_bytes):
        yield content[start : start + page_bytes]


def _instant(at_us: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at_us)


def _every_day(first: datetime, last: datetime) -> Iterator[datetime]:
    """Instants that fall into every month the stretch touches."""
    at = first
    while at < last:
        yield at
        at += timedelta(days=1)
    yield last
