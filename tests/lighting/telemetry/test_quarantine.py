"""Frames nobody could read are kept, counted, and shown to those they concern."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from kit.errors import NotFoundError
from kit.ids import new_id
from lighting.telemetry import service
from lighting.telemetry.model import RefusedFrame

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
SYSTEM = Caller.system()


def frame(payload: bytes = b"\x00", organisation_id: UUID | None = None) -> RefusedFrame:
    return RefusedFrame(
        network="chirpstack:main",
        topic="application/1/device/70b3d50000000001/event/up",
        payload=payload,
        received_at=NOW,
        reason_code="unknown_controller",
        reason="70b3d50000000001 is not registered",
        address="70b3d50000000001",
        organisation_id=organisation_id,
    )


def caller(role: Role, *organisation_ids: UUID) -> Caller:
    return Caller(new_id(), "a@b.fr", "A", roles={role: frozenset(organisation_ids)})


async def organisation(session: AsyncSession, name: str, parent_id: UUID | None = None) -> UUID:
    made = await access.create_organisation(
        session,
        SYSTEM,
        at=NOW,
        name=name,
        kind=OrganisationKind.MUNICIPALITY,
        parent_id=parent_id,
    )
    await session.flush()
    return made.id


async def listed(session: AsyncSession, who: Caller) -> int:
    return len(await service.quarantined_frames(session, who, after=None, limit=10))


async def test_the_frame_is_kept_as_it_came(session: AsyncSession) -> None:
    await service.quarantine(session, [frame(b"\xff\x00\x7f")])
    (kept,) = await service.quarantined_frames(session, SYSTEM, after=None, limit=10)
    assert (kept.payload, kept.reason_code, kept.repeat_count) == (
        b"\xff\x00\x7f",
        "unknown_controller",
        1,
    )


async def test_the_same_frame_again_is_counted(session: AsyncSession) -> None:
    await service.quarantine(session, [frame()])
    await service.quarantine(session, [frame(), frame(b"\x01")])
    kept = await service.quarantined_frames(session, SYSTEM, after=None, limit=10)
    assert sorted(one.repeat_count for one in kept) == [1, 2]


async def test_a_frame_refused_again_after_its_replay_waits_again(session: AsyncSession) -> None:
    await service.quarantine(session, [frame()])
    (kept,) = await service.quarantined_frames(session, SYSTEM, after=None, limit=10)
    await service.mark_replayed(session, kept.id, NOW)
    assert await listed(session, SYSTEM) == 0
    await service.quarantine(session, [frame()])
    assert await listed(session, SYSTEM) == 1


async def test_one_address_cannot_fill_the_disk(session: AsyncSession) -> None:
    await service.quarantine(session, [frame(b"1"), frame(b"2")])
    other = replace(frame(b"4"), address="70b3d50000000002")
    nobody = replace(frame(b"5"), address=None)
    await service.quarantine(session, [frame(b"3"), other, nobody], per_address_max=2)
    kept = await service.quarantined_frames(session, SYSTEM, after=None, limit=10)
    assert {one.payload for one in kept} == {b"1", b"2", b"4", b"5"}


async def test_a_frame_of_somebody_is_theirs_alone(session: AsyncSession) -> None:
    mine, other = await organisation(session, "Dijon"), await organisation(session, "Lille")
    await service.quarantine(session, [frame(organisation_id=mine)])
    assert await listed(session, caller(Role.SEE, mine)) == 1
    assert await listed(session, caller(Role.ADMINISTER, other)) == 0


async def test_a_frame_of_nobody_is_for_who_administers_everything(session: AsyncSession) -> None:
    one, other = await organisation(session, "Dijon"), await organisation(session, "Lille")
    await service.quarantine(session, [frame()])
    assert await listed(session, caller(Role.ADMINISTER, one)) == 0
    assert await listed(session, caller(Role.SEE, one, other)) == 0
    assert await listed(session, caller(Role.ADMINISTER, one, other)) == 1


async def test_a_stranger_gets_no_frame(session: AsyncSession) -> None:
    mine, other = await organisation(session, "Dijon"), await organisation(session, "Lille")
    await service.quarantine(session, [frame(organisation_id=mine)])
    (kept,) = await service.quarantined_frames(session, SYSTEM, after=None, limit=10)
    with pytest.raises(NotFoundError):
        await service.quarantined_frame(session, caller(Role.SEE, other), kept.id)


async def test_old_frames_are_forgotten(session: AsyncSession) -> None:
    await service.quarantine(session, [frame()])
    assert await service.forget_quarantine(session, NOW) == 0
    assert await service.forget_quarantine(session, NOW + timedelta(seconds=1)) == 1
