"""The hot path into the store: one COPY to a staging table, then a statement for each whole set.

The statements of a batch lock rows in order of controller, so two workers never wait in a ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.telemetry.model import (
    QUANTITIES,
    STAGED_COLUMNS,
    STAGED_TURN,
    EnergyDay,
    Reading,
    StagedRow,
)

_READING_COLUMNS = ", ".join(Reading._fields)
_HEARD = ("rssi_dbm", "snr_db", "gateway_address")

# Columns without constraints: a controller heard without a reading has no instant of one.
_STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS reading_staging ON COMMIT DELETE ROWS AS
SELECT {_READING_COLUMNS.replace("controller_key", "reading.controller_key")},
       0::smallint AS turn, seen_at, {", ".join(_HEARD)}
FROM (SELECT {_READING_COLUMNS} FROM reading) AS reading,
     (SELECT seen_at, {", ".join(_HEARD)} FROM latest_state) AS latest
WITH NO DATA;
DELETE FROM reading_staging
"""

# A frame may bring to a known instant quantities that another frame did not have (NAS sends level
# and meter apart): they are filled in. A value once stored never changes, and a reading that adds
# nothing is not among the added. When all $1 readings are added, only their number comes back.
_APPEND = f"""
WITH added AS (
  INSERT INTO reading AS r ({_READING_COLUMNS})
  SELECT {_READING_COLUMNS} FROM reading_staging WHERE at IS NOT NULL ORDER BY controller_key, at
  ON CONFLICT (controller_key, at) DO UPDATE SET
    {", ".join(f"{name} = COALESCE(r.{name}, excluded.{name})" for name in QUANTITIES)}
  WHERE {" OR ".join(f"r.{name} IS NULL AND excluded.{name} IS NOT NULL" for name in QUANTITIES)}
  RETURNING controller_key, at
), total AS (SELECT count(*) AS added_count FROM added)
SELECT NULL::int, NULL::timestamptz, added_count FROM total
UNION ALL SELECT controller_key, at, NULL FROM added, total WHERE added_count < $1
"""

# The instant kept beside each value of the latest state.
INSTANT_OF: Mapping[str, str] = {
    name: {
        "level_percent": "level_at",
        "active_power_w": "power_at",
        "active_energy_wh": "energy_at",
        "supply_voltage_v": "supply_voltage_at",
        "current_a": "current_at",
        "temperature_c": "temperature_at",
        "burning_time_s": "burning_time_at",
    }.get(name, f"{name}_at")
    for name in QUANTITIES
}


def _newer(value: str, instant: str) -> str:
    """Each value goes with its own instant: what is older never replaces what is newer."""
    return (
        f"{value} = CASE WHEN excluded.{instant} > l.{instant}"
        f" OR l.{instant} IS NULL THEN excluded.{value} ELSE l.{value} END,"
        f" {instant} = GREATEST(l.{instant}, excluded.{instant})"
    )


# GREATEST ignores nulls. A statement may touch a row once, so the second reading of a controller
# waits for the second turn. Whoever has written the latest state of a controller is, until commit,
# alone in judging its lamp.
_UPSERT_STATES = f"""
INSERT INTO latest_state AS l (controller_key, seen_at, {", ".join(_HEARD)},
  {", ".join(f"{name}, {INSTANT_OF[name]}" for name in QUANTITIES)})
SELECT controller_key, seen_at, {", ".join(_HEARD)},
  {", ".join(f"{name}, CASE WHEN {name} IS NOT NULL THEN at END" for name in QUANTITIES)}
FROM reading_staging WHERE turn = $1 ORDER BY controller_key
ON CONFLICT (controller_key) DO UPDATE SET
  {", ".join(_newer(name, INSTANT_OF[name]) for name in QUANTITIES)},
  {
    ", ".join(
        f"{name} = CASE WHEN excluded.seen_at > l.seen_at THEN excluded.{name} ELSE l.{name} END"
        for name in _HEARD
    )
},
  seen_at = GREATEST(l.seen_at, excluded.seen_at)
"""


async def append(
    session: AsyncSession, rows: Sequence[StagedRow], reading_count: int
) -> list[tuple[int, datetime]] | None:
    """Store readings and latest states; returns (controller, instant) of the readings that added
    any, or None when all did.

    No two rows are of the same controller and instant; `reading_count` of them are readings.
    """
    connection = await raw(session)
    await connection.execute(_STAGE)
    await connection.copy_records_to_table("reading_staging", records=rows, columns=STAGED_COLUMNS)
    total, *added = await connection.fetch(_APPEND, reading_count)
    for turn in range(1 + max(row[STAGED_TURN] for row in rows)):
        await connection.execute(_UPSERT_STATES, turn)
    return None if total[2] == reading_count else [(row[0], row[1]) for row in added]


async def append_energy_days(session: AsyncSession, days: Iterable[EnergyDay]) -> None:
    """Mark local days to be computed again."""
    connection = await raw(session)
    await connection.copy_records_to_table(
        "energy_dirty", records=days, columns=("controller_key", "on")
    )
