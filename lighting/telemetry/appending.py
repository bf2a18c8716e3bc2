"""The hot path into the store: COPY to a staging table, then one statement for the whole set.

The statements of a batch lock rows in order of controller, so two workers never wait in a ring.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from lighting.telemetry.model import QUANTITIES, EnergyDay, Reading

_READING_COLUMNS = ", ".join(Reading._fields)

_STAGE_READINGS = """
CREATE TEMP TABLE IF NOT EXISTS reading_staging (LIKE reading) ON COMMIT DELETE ROWS;
DELETE FROM reading_staging
"""

# A frame may bring to a known instant quantities that another frame did not have (NAS sends level
# and meter apart): they are filled in. A value once stored never changes, and a reading that adds
# nothing is not returned.
_APPEND_READINGS = f"""
INSERT INTO reading AS r ({_READING_COLUMNS})
SELECT {_READING_COLUMNS} FROM reading_staging ORDER BY controller_key, at
ON CONFLICT (controller_key, at) DO UPDATE SET
  {", ".join(f"{name} = COALESCE(r.{name}, excluded.{name})" for name in QUANTITIES)}
WHERE {" OR ".join(f"r.{name} IS NULL AND excluded.{name} IS NOT NULL" for name in QUANTITIES)}
RETURNING controller_key, at
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
_HEARD = ("rssi_dbm", "snr_db", "gateway_address")
_STATE_COLUMNS = (
    "controller_key",
    "seen_at",
    *_HEARD,
    *(column for name in QUANTITIES for column in (name, INSTANT_OF[name])),
)

_STAGE_STATES = """
CREATE TEMP TABLE IF NOT EXISTS latest_state_staging (LIKE latest_state) ON COMMIT DELETE ROWS;
DELETE FROM latest_state_staging
"""


def _newer(value: str, instant: str) -> str:
    """Each value goes with its own instant: what is older never replaces what is newer."""
    return (
        f"{value} = CASE WHEN excluded.{instant} > l.{instant}"
        f" OR l.{instant} IS NULL THEN excluded.{value} ELSE l.{value} END,"
        f" {instant} = GREATEST(l.{instant}, excluded.{instant})"
    )


# GREATEST ignores nulls. The update also locks rows it leaves as they are: whoever has written the
# latest state of a controller is, until commit, alone in judging that controller's lamp.
_UPSERT_STATES = f"""
INSERT INTO latest_state AS l ({", ".join(_STATE_COLUMNS)})
SELECT {", ".join(_STATE_COLUMNS)} FROM latest_state_staging ORDER BY controller_key
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


async def append_readings(
    session: AsyncSession, readings: Sequence[Reading]
) -> list[tuple[int, datetime]]:
    """Store readings, at most one of each (controller, instant); returns those that added any."""
    connection = await raw(session)
    await connection.execute(_STAGE_READINGS)
    await connection.copy_records_to_table(
        "reading_staging", records=readings, columns=Reading._fields
    )
    return [(row[0], row[1]) for row in await connection.fetch(_APPEND_READINGS)]


async def upsert_states(session: AsyncSession, states: Mapping[int, Sequence[Any]]) -> None:
    """Bring the latest state up to date; a value replaces only an older one."""
    connection = await raw(session)
    await connection.execute(_STAGE_STATES)
    await connection.copy_records_to_table(
        "latest_state_staging",
        records=((key, *states[key]) for key in sorted(states)),
        columns=_STATE_COLUMNS,
    )
    await connection.execute(_UPSERT_STATES)


async def append_energy_days(session: AsyncSession, days: Iterable[EnergyDay]) -> None:
    """Mark local days to be computed again."""
    connection = await raw(session)
    await connection.copy_records_to_table(
        "energy_dirty", records=days, columns=("controller_key", "on")
    )
