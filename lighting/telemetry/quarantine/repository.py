"""The queries of quarantine."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller, Role
from kit.access.scope import visible
from kit.db import raw
from kit.ids import new_id
from lighting.telemetry.model import (
    KeptFrame,
    QuarantineFilter,
    QuarantineGroup,
    RefusedFrame,
)
from lighting.telemetry.rules import fingerprint
from lighting.telemetry.tables import QuarantinedFrame

# Networks times reasons: more than this nobody reads.
GROUPS_MAX = 500
_KEPT = tuple(KeptFrame.__dataclass_fields__)


async def full_addresses(
    session: AsyncSession, addresses: Iterable[str | None], limit: int
) -> set[str | None]:
    """Which of these addresses have at least `limit` frames; None stands for frames without."""
    connection = await raw(session)
    rows = await connection.fetch(
        """
        SELECT wanted.address FROM unnest($1::text[]) AS wanted(address)
        WHERE $2 <= CASE WHEN wanted.address IS NULL
          THEN (SELECT count(*) FROM (
                  SELECT FROM quarantined_frame WHERE address IS NULL LIMIT $2) AS counted)
          ELSE (SELECT count(*) FROM (
                  SELECT FROM quarantined_frame f WHERE f.address = wanted.address LIMIT $2
                ) AS counted)
        END
        """,
        list(addresses),
        limit,
    )
    return {row[0] for row in rows}


async def add_quarantined(session: AsyncSession, frames: Sequence[RefusedFrame]) -> None:
    by_name = {_name_of(frame): frame for frame in frames}
    statement = insert(QuarantinedFrame)
    statement = statement.on_conflict_do_update(
        index_elements=["fingerprint"],
        set_={
            "repeat_count": col(QuarantinedFrame.repeat_count) + 1,
            "last_received_at": sa.func.greatest(
                QuarantinedFrame.last_received_at, statement.excluded.last_received_at
            ),
            "reason_code": statement.excluded.reason_code,
            "reason": statement.excluded.reason,
            "organisation_id": statement.excluded.organisation_id,
            "replayed_at": None,
        },
    )
    await session.execute(
        statement, [_quarantine_row(name, by_name[name]) for name in sorted(by_name)]
    )


def _name_of(frame: RefusedFrame) -> bytes:
    return fingerprint(frame.network.encode(), frame.topic.encode(), frame.payload)


def _quarantine_row(name: bytes, frame: RefusedFrame) -> dict[str, Any]:
    return {
        "id": new_id(),
        "fingerprint": name,
        "received_at": frame.received_at,
        "last_received_at": frame.received_at,
        "repeat_count": 1,
        "network": frame.network,
        "topic": frame.topic,
        "address": frame.address,
        "organisation_id": frame.organisation_id,
        "payload": frame.payload,
        "reason_code": frame.reason_code,
        "reason": frame.reason,
    }


def _kept(row: QuarantinedFrame) -> KeptFrame:
    return KeptFrame(**{name: getattr(row, name) for name in _KEPT})


def _seen_by(caller: Caller) -> sa.ColumnElement[bool]:
    """Frames of the caller's lights; those of nobody's, for who administers every root."""
    if caller.is_system:
        return sa.true()
    administered = sa.literal(
        sorted(caller.roles.get(Role.ADMINISTER, frozenset())), sa.ARRAY(sa.Uuid)
    )
    organisation = sa.table("organisation", sa.column("id", sa.Uuid), sa.column("parent_id"))
    foreign_root = sa.exists().where(
        organisation.c.parent_id.is_(None), organisation.c.id != sa.all_(administered)
    )
    owner = col(QuarantinedFrame.organisation_id)
    return sa.or_(visible(owner, caller), sa.and_(owner.is_(None), sa.not_(foreign_root)))


def _wanted(caller: Caller, wanted: QuarantineFilter) -> list[sa.ColumnElement[bool]]:
    """The conditions of a filter, beginning with what the caller may see."""
    table = QuarantinedFrame
    conditions = [_seen_by(caller)]
    if wanted.is_waiting:
        conditions.append(col(table.replayed_at).is_(None))
    if wanted.reason_code is not None:
        conditions.append(col(table.reason_code) == wanted.reason_code)
    if wanted.network is not None:
        conditions.append(col(table.network) == wanted.network)
    if wanted.address is not None:
        text = wanted.address.strip().lower()
        conditions.append(sa.func.lower(col(table.address)).contains(text, autoescape=True))
    if wanted.received_from is not None:
        conditions.append(col(table.last_received_at) >= wanted.received_from)
    if wanted.received_to is not None:
        conditions.append(col(table.last_received_at) < wanted.received_to)
    if wanted.frame_ids:
        conditions.append(
            col(table.id) == sa.any_(sa.literal(list(wanted.frame_ids), sa.ARRAY(sa.Uuid)))
        )
    return conditions


async def quarantined_frames(
    session: AsyncSession,
    caller: Caller,
    wanted: QuarantineFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[KeptFrame]:
    key = sa.tuple_(col(QuarantinedFrame.last_received_at), col(QuarantinedFrame.id))
    query = sa.select(QuarantinedFrame).where(*_wanted(caller, wanted))
    query = query.order_by(key.desc()).limit(limit)
    if after is not None:
        query = query.where(key < sa.tuple_(*map(sa.literal, after)))
    return [_kept(row) for row in (await session.scalars(query)).all()]


async def groups(session: AsyncSession, caller: Caller) -> Sequence[QuarantineGroup]:
    table = QuarantinedFrame
    newest = sa.func.array_agg(
        aggregate_order_by(col(table.reason), col(table.last_received_at).desc())
    )
    query = (
        sa.select(
            col(table.network),
            col(table.reason_code),
            sa.func.count(),
            sa.func.sum(col(table.repeat_count)),
            sa.func.count(col(table.address).distinct()),
            sa.func.min(col(table.received_at)),
            sa.func.max(col(table.last_received_at)),
            newest[1],
        )
        .where(*_wanted(caller, QuarantineFilter()))
        .group_by(col(table.network), col(table.reason_code))
        .order_by(sa.func.count().desc(), col(table.network), col(table.reason_code))
        .limit(GROUPS_MAX)
    )
    return [QuarantineGroup(*row) for row in await session.execute(query)]


async def selected_frames(
    session: AsyncSession,
    caller: Caller,
    wanted: QuarantineFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[KeptFrame]:
    key = sa.tuple_(col(QuarantinedFrame.received_at), col(QuarantinedFrame.id))
    query = sa.select(QuarantinedFrame).where(*_wanted(caller, wanted))
    query = query.order_by(key).limit(limit).with_for_update(skip_locked=True)
    if after is not None:
        query = query.where(key > sa.tuple_(*map(sa.literal, after)))
    return [_kept(row) for row in (await session.scalars(query)).all()]


async def quarantined_frame(
    session: AsyncSession, caller: Caller, frame_id: UUID
) -> KeptFrame | None:
    query = (
        sa.select(QuarantinedFrame)
        .where(col(QuarantinedFrame.id) == frame_id, _seen_by(caller))
        .with_for_update()
    )
    row = (await session.scalars(query)).first()
    return None if row is None else _kept(row)


async def waiting_addresses(session: AsyncSession, reason_code: str, limit: int) -> Sequence[str]:
    query = (
        sa.select(col(QuarantinedFrame.address))
        .where(col(QuarantinedFrame.replayed_at).is_(None))
        .where(col(QuarantinedFrame.reason_code) == reason_code)
        .where(col(QuarantinedFrame.address).is_not(None))
        .distinct()
        .limit(limit)
    )
    return [address for address in (await session.scalars(query)).all() if address is not None]


async def waiting_frames_of(
    session: AsyncSession, addresses: Sequence[str], reason_code: str, limit: int
) -> Sequence[KeptFrame]:
    query = (
        sa.select(QuarantinedFrame)
        .where(col(QuarantinedFrame.replayed_at).is_(None))
        .where(col(QuarantinedFrame.reason_code) == reason_code)
        .where(col(QuarantinedFrame.address) == sa.any_(sa.literal(addresses, sa.ARRAY(sa.Text))))
        .order_by(col(QuarantinedFrame.received_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_kept(row) for row in (await session.scalars(query)).all()]


async def mark_replayed(session: AsyncSession, frame_id: UUID, now: datetime) -> None:
    await session.execute(
        sa.update(QuarantinedFrame)
        .where(col(QuarantinedFrame.id) == frame_id)
        .values(replayed_at=now)
    )


async def mark_refused(
    session: AsyncSession, frame_id: UUID, reason_code: str, reason: str
) -> None:
    await session.execute(
        sa.update(QuarantinedFrame)
        .where(col(QuarantinedFrame.id) == frame_id)
        .values(reason_code=reason_code, reason=reason)
    )


async def delete_quarantined_before(session: AsyncSession, before: datetime) -> int:
    result = await session.execute(
        sa.delete(QuarantinedFrame)
        .where(col(QuarantinedFrame.last_received_at) < before)
        .returning(col(QuarantinedFrame.id))
    )
    return len(result.all())
