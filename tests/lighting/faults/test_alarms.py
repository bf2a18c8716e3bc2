"""One open alarm per asset and cause, its bounded evidence, and its life."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from kit.db import Database
from kit.errors import ForbiddenError, NotFoundError
from kit.ids import new_id
from lighting.faults import service
from lighting.faults.listing import AlarmFilter
from lighting.faults.model import EVIDENCE_SAMPLES_MAX, AssetType, Cause, Fault, Urgency
from tests.lighting.faults.samples import NIGHT, QUARTER

SYSTEM = Caller.system()


async def organisation(session: AsyncSession, name: str = "Dijon") -> UUID:
    made = await access.create_organisation(
        session, SYSTEM, at=NIGHT, name=name, kind=OrganisationKind.MUNICIPALITY
    )
    await session.flush()
    return made.id


def fault(organisation_id: UUID, number: int = 0, asset_id: UUID | None = None) -> Fault:
    return Fault(
        asset_type=AssetType.LIGHT_POINT,
        asset_id=asset_id or new_id(),
        organisation_id=organisation_id,
        light_point_id=None,
        cabinet_id=None,
        cause=Cause.LAMP_FAILURE,
        urgency=Urgency.U4,
        at=NIGHT + number * QUARTER,
        evidence={"number": number},
    )


async def account(session: AsyncSession, organisation_id: UUID, role: Role) -> Caller:
    made = await access.create_account(
        session,
        SYSTEM,
        at=NIGHT,
        email=f"{role.value}-{organisation_id}@example.org",
        display_name="Ada",
        password="a long enough passphrase",
        roles=[(role, organisation_id)],
    )
    return await access.caller_of(session, made.id)


async def test_a_hundred_simultaneous_faults_are_one_alarm(database: Database) -> None:
    async with database.session() as session:
        one = fault(await organisation(session))
    gate = asyncio.Event()

    async def report() -> None:
        async with database.session() as session:
            await gate.wait()
            await service.raise_alarms(session, [one], NIGHT)

    tasks = [asyncio.create_task(report()) for _ in range(100)]
    gate.set()
    await asyncio.gather(*tasks)
    async with database.session() as session:
        alarms = await service.alarms(
            session, SYSTEM, AlarmFilter(organisation_id=one.organisation_id)
        )
        told = await session.scalar(
            sa.text("SELECT count(*) FROM outbox_event WHERE type = 'AlarmRaised'")
        )
    assert [view.alarm.evidence_count for view in alarms] == [100]
    assert told == 1


async def test_evidence_keeps_the_first_and_the_newest(session: AsyncSession) -> None:
    first = fault(await organisation(session))
    for number in range(50):
        later = replace(first, at=NIGHT + number * QUARTER, evidence={"number": number})
        (raised,) = await service.raise_alarms(session, [later], NIGHT)
    alarm = (await service.alarm(session, SYSTEM, raised.alarm_id)).alarm
    assert len(alarm.evidence) == EVIDENCE_SAMPLES_MAX
    assert [one["number"] for one in alarm.evidence] == [*range(10), *range(40, 50)]
    assert alarm.evidence_count == 50
    assert (alarm.raised_at, alarm.last_seen_at) == (NIGHT, NIGHT + 49 * QUARTER)


async def test_an_alarm_that_comes_again_is_a_new_one(session: AsyncSession) -> None:
    one = fault(await organisation(session))
    (first,) = await service.raise_alarms(session, [one], NIGHT)
    await service.clear(session, {first.alarm_id: NIGHT + QUARTER}, NIGHT)
    (second,) = await service.raise_alarms(session, [one], NIGHT)
    assert second.is_new
    assert second.alarm_id != first.alarm_id


@pytest.mark.parametrize("is_acknowledged_first", [True, False])
async def test_an_alarm_is_over_when_it_is_cleared_and_acknowledged(
    session: AsyncSession, is_acknowledged_first: bool
) -> None:
    where = await organisation(session)
    operator = await account(session, where, Role.DISPATCH)
    (raised,) = await service.raise_alarms(session, [fault(where)], NIGHT)
    alarm = (await service.alarm(session, operator, raised.alarm_id)).alarm
    states = [alarm.state]
    for step in (True, False) if is_acknowledged_first else (False, True):
        if step:
            await service.acknowledge(session, operator, raised.alarm_id, NIGHT + QUARTER)
        else:
            await session.flush()
            await service.clear(session, {raised.alarm_id: NIGHT + QUARTER}, NIGHT)
        await session.flush()
        await session.refresh(alarm)
        states.append(alarm.state)
    between = "acknowledged" if is_acknowledged_first else "returned"
    assert states == ["unacknowledged", between, "normal"]
    assert alarm.acknowledged_by == operator.user_id
    assert alarm.acknowledged_at == NIGHT + QUARTER


async def test_acknowledging_again_changes_nothing(session: AsyncSession) -> None:
    where = await organisation(session)
    operator = await account(session, where, Role.DISPATCH)
    (raised,) = await service.raise_alarms(session, [fault(where)], NIGHT)
    await service.acknowledge(session, operator, raised.alarm_id, NIGHT)
    again = await service.acknowledge(session, SYSTEM, raised.alarm_id, NIGHT + QUARTER)
    assert (again.acknowledged_by, again.acknowledged_at) == (operator.user_id, NIGHT)
    written = await session.scalar(
        sa.text("SELECT count(*) FROM audit_entry WHERE action = 'alarm.acknowledge'")
    )
    assert written == 1


async def test_who_only_sees_may_not_acknowledge(session: AsyncSession) -> None:
    where = await organisation(session)
    visitor = await account(session, where, Role.SEE)
    (raised,) = await service.raise_alarms(session, [fault(where)], NIGHT)
    with pytest.raises(ForbiddenError):
        await service.acknowledge(session, visitor, raised.alarm_id, NIGHT)


async def test_a_stranger_sees_nothing(session: AsyncSession) -> None:
    where, elsewhere = await organisation(session), await organisation(session, "Lille")
    stranger = await account(session, elsewhere, Role.DISPATCH)
    (raised,) = await service.raise_alarms(session, [fault(where)], NIGHT)
    listed = await service.alarms(session, stranger, AlarmFilter(status="all"))
    assert listed == []
    with pytest.raises(NotFoundError):
        await service.acknowledge(session, stranger, raised.alarm_id, NIGHT)


async def test_alarms_are_listed_page_by_page_newest_first(session: AsyncSession) -> None:
    where = await organisation(session)
    for number in range(5):
        await service.raise_alarms(session, [fault(where, number)], NIGHT)
    wanted = AlarmFilter(organisation_id=where)
    first = await service.alarms(session, SYSTEM, wanted, limit=3)
    last = (first[-1].alarm.raised_at, first[-1].alarm.id)
    second = await service.alarms(session, SYSTEM, wanted, after=last, limit=3)
    instants = [view.alarm.raised_at for view in (*first, *second)]
    assert instants == [NIGHT + number * QUARTER for number in (4, 3, 2, 1, 0)]


async def test_a_cleared_alarm_never_ends_before_it_began(session: AsyncSession) -> None:
    where = await organisation(session)
    (raised,) = await service.raise_alarms(session, [fault(where)], NIGHT)
    await service.clear(session, {raised.alarm_id: NIGHT - timedelta(hours=1)}, NIGHT)
    alarm = (await service.alarm(session, SYSTEM, raised.alarm_id)).alarm
    assert alarm.cleared_at == NIGHT
