"""Every query of faults. Sets move through asyncpg, one statement for the whole set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from kit.ids import new_id
from lighting.faults.model import EVIDENCE_SAMPLES_MAX, Cause, Fault, Urgency, Watch
from lighting.faults.tables import Alarm, FaultThreshold

_WATCH_COLUMNS = tuple(Watch.__dataclass_fields__)
_KEPT_FIRST = EVIDENCE_SAMPLES_MAX // 2

_WATCHES = f"""
SELECT {", ".join(_WATCH_COLUMNS)} FROM fault_watch WHERE light_point_id = ANY($1::uuid[])
"""

_SAVE_WATCHES = f"""
INSERT INTO fault_watch ({", ".join(_WATCH_COLUMNS)})
VALUES ({", ".join(f"${place}" for place in range(1, len(_WATCH_COLUMNS) + 1))})
ON CONFLICT (asset_id, cause) DO UPDATE SET
  {", ".join(f"{name} = excluded.{name}" for name in _WATCH_COLUMNS[2:])}
"""

# The partial unique index makes the second of two simultaneous faults an addition to the first.
# The first samples and the newest are kept: how it began, and how it is.
_RAISE = f"""
INSERT INTO alarm AS a (id, organisation_id, asset_type, asset_id, light_point_id, cabinet_id,
                        cause, urgency, state, raised_at, last_seen_at, evidence_count, evidence)
SELECT id, organisation_id, asset_type, asset_id, light_point_id, cabinet_id,
       cause, urgency, 'unacknowledged', at, at, count, jsonb_build_array(evidence::jsonb)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[],
            $7::text[], $8::text[], $9::timestamptz[], $10::int[], $11::text[])
     AS fault (id, organisation_id, asset_type, asset_id, light_point_id, cabinet_id,
               cause, urgency, at, count, evidence)
ORDER BY asset_id, cause
ON CONFLICT (asset_id, cause) WHERE cleared_at IS NULL DO UPDATE SET
  evidence_count = a.evidence_count + excluded.evidence_count,
  last_seen_at = GREATEST(a.last_seen_at, excluded.last_seen_at),
  urgency = LEAST(a.urgency, excluded.urgency),
  evidence = CASE WHEN jsonb_array_length(a.evidence) < {EVIDENCE_SAMPLES_MAX}
             THEN a.evidence ELSE a.evidence - {_KEPT_FIRST} END || excluded.evidence
RETURNING a.id, a.asset_id, a.cause, a.urgency
"""

_CLEAR = """
UPDATE alarm SET cleared_at = GREATEST(target.at, raised_at),
  state = CASE WHEN acknowledged_at IS NULL THEN 'returned' ELSE 'normal' END
FROM unnest($1::uuid[], $2::timestamptz[]) AS target (id, at)
WHERE alarm.id = target.id AND cleared_at IS NULL
RETURNING alarm.id, organisation_id, asset_type, asset_id, light_point_id, cabinet_id,
          cause, urgency, cleared_at
"""


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one fault."""

    alarm_id: UUID
    asset_id: UUID
    cause: Cause
    urgency: Urgency
    is_new: bool


async def watches_of(session: AsyncSession, light_point_ids: Sequence[UUID]) -> list[Watch]:
    connection = await raw(session)
    return [_watch(row) for row in await connection.fetch(_WATCHES, list(light_point_ids))]


async def watches_for(session: AsyncSession, cause: Cause) -> list[Watch]:
    connection = await raw(session)
    query = f"SELECT {', '.join(_WATCH_COLUMNS)} FROM fault_watch WHERE cause = $1"
    return [_watch(row) for row in await connection.fetch(query, cause.value)]


async def watches_outside(session: AsyncSession, asset_ids: Sequence[UUID]) -> list[Watch]:
    connection = await raw(session)
    query = f"SELECT {', '.join(_WATCH_COLUMNS)} FROM fault_watch WHERE asset_id <> ALL($1::uuid[])"
    return [_watch(row) for row in await connection.fetch(query, list(asset_ids))]


def _watch(row: Mapping[str, Any]) -> Watch:
    values = dict(row)
    return Watch(**{**values, "cause": Cause(values["cause"]), "nights": tuple(values["nights"])})


async def save_watches(session: AsyncSession, watches: Sequence[Watch]) -> None:
    connection = await raw(session)
    await connection.executemany(
        _SAVE_WATCHES,
        [
            tuple(getattr(watch, name) for name in _WATCH_COLUMNS)
            for watch in sorted(watches, key=lambda one: (one.asset_id, one.cause))
        ],
    )


async def delete_watches(session: AsyncSession, watches: Sequence[Watch]) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        DELETE FROM fault_watch USING unnest($1::uuid[], $2::text[]) AS gone (asset_id, cause)
        WHERE fault_watch.asset_id = gone.asset_id AND fault_watch.cause = gone.cause
        """,
        [watch.asset_id for watch in watches],
        [watch.cause.value for watch in watches],
    )


async def raise_alarms(session: AsyncSession, faults: Sequence[Fault]) -> list[Upserted]:
    """Open alarms, or add evidence to the open ones; at most one fault of each (asset, cause)."""
    connection = await raw(session)
    ids = {new_id() for _ in faults}
    rows = await connection.fetch(
        _RAISE,
        list(ids),
        [fault.organisation_id for fault in faults],
        [fault.asset_type.value for fault in faults],
        [fault.asset_id for fault in faults],
        [fault.light_point_id for fault in faults],
        [fault.cabinet_id for fault in faults],
        [fault.cause.value for fault in faults],
        [fault.urgency.value for fault in faults],
        [fault.at for fault in faults],
        [fault.count for fault in faults],
        [orjson.dumps(fault.evidence, default=str).decode() for fault in faults],
    )
    return [Upserted(row[0], row[1], Cause(row[2]), Urgency(row[3]), row[0] in ids) for row in rows]


async def clear_alarms(
    session: AsyncSession, ends: Mapping[UUID, datetime]
) -> Sequence[Mapping[str, Any]]:
    connection = await raw(session)
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(
        _CLEAR, list(ends), list(ends.values())
    )
    return rows


async def thresholds(session: AsyncSession) -> Mapping[UUID, Mapping[str, Any]]:
    rows = await session.scalars(sa.select(FaultThreshold))
    return {row.luminaire_type_id: row.thresholds for row in rows}


async def alarm_for_update(session: AsyncSession, caller: Caller, alarm_id: UUID) -> Alarm | None:
    query = (
        sa.select(Alarm)
        .where(col(Alarm.id) == alarm_id, visible(Alarm.organisation_id, caller))
        .with_for_update()
    )
    return (await session.scalars(query)).first()


async def open_alarms_of(session: AsyncSession, light_point_ids: Sequence[UUID]) -> Sequence[Alarm]:
    points = sa.literal(list(light_point_ids), sa.ARRAY(sa.Uuid))
    query = (
        sa.select(Alarm)
        .where(col(Alarm.cleared_at).is_(None))
        .where(col(Alarm.light_point_id) == sa.any_(points))
        .order_by(col(Alarm.urgency), col(Alarm.raised_at))
    )
    return (await session.scalars(query)).all()
