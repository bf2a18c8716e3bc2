"""Use cases of radio beside campaigns: groups, and what gateways have sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from lighting.control import service as control
from lighting.control.model import Target
from lighting.radio import memberships, repository
from lighting.radio.model import Channel, MemberState
from lighting.radio.tables import RadioGroupRow
from lighting.registry.directory import service as directory
from lighting.registry.directory.model import ControllerRef

LAST_HOUR = timedelta(hours=1)


class GroupNameTakenError(ConflictError):
    """There is a group of that name in the network."""

    code = "radio_group_name_taken"
    title = "There is a group of this name already"


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group as its network server has it under `remote_id`. `is_ready`: its members hold the
    keys already, as after a commissioning by hand."""

    name: str
    remote_id: str
    slot: int
    data_rate: int
    frequency_hz: int
    gateways: tuple[str, ...]
    light_point_ids: tuple[UUID, ...]
    is_ready: bool


async def groups(session: AsyncSession, caller: Caller, limit: int) -> Sequence[RadioGroupRow]:
    """The groups the caller may see, by name."""
    return await memberships.groups(session, caller, limit)


async def member_counts(
    session: AsyncSession, group_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, int]]:
    """How many members of each group stand where."""
    return await memberships.member_counts(session, group_ids)


async def add_group(
    session: AsyncSession, caller: Caller, new: NewGroup, now: datetime
) -> RadioGroupRow:
    """Enter a multicast group, so that campaigns use it once all its members hold the keys."""
    lights = await control.target_lights(session, caller, Target(new.light_point_ids))
    for organisation_id in {light.organisation_id for light in lights}:
        caller.require(Role.ADMINISTER, organisation_id)
    keys = [light.controller_key for light in lights if light.controller_key is not None]
    first = _same_kind(await directory.refs_of(session, keys), len(lights))
    row = RadioGroupRow(
        organisation_id=first.organisation_id,
        network=first.network,
        name=new.name,
        remote_id=new.remote_id,
        slot=new.slot,
        profile=first.profile,
        data_rate=new.data_rate,
        frequency_hz=new.frequency_hz,
        gateways=list(new.gateways),
        created_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise GroupNameTakenError(f"'{new.name}' exists in {first.network}") from error
    state = MemberState.READY if new.is_ready else MemberState.WANTED
    await memberships.add_members(session, row.id, keys, state.value, now)
    await audit.record(
        session,
        caller,
        at=now,
        action="radio_group.create",
        subject_type="radio_group",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"name": row.name, "network": row.network, "member_count": len(keys)},
    )
    return row


async def set_ready(
    session: AsyncSession, caller: Caller, group_id: UUID, is_ready: bool, now: datetime
) -> RadioGroupRow:
    """Say by hand that the members of a group hold its keys, or do not any more."""
    row = await memberships.group(session, caller, group_id)
    if row is None:
        raise NotFoundError("no such group; see GET /api/v1/radio-groups")
    caller.require(Role.ADMINISTER, row.organisation_id)
    state = MemberState.READY if is_ready else MemberState.WANTED
    await memberships.put_members(session, group_id, state.value, now)
    await audit.record(
        session,
        caller,
        at=now,
        action="radio_group.change",
        subject_type="radio_group",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"is_ready": is_ready},
    )
    return row


def _same_kind(refs: Sequence[ControllerRef], light_count: int) -> ControllerRef:
    """One frame must mean the same to all: one organisation, network and model."""
    kinds = {(ref.organisation_id, ref.network, ref.profile) for ref in refs}
    if len(refs) != light_count or len(kinds) != 1:
        raise InvalidInputError(
            "a group holds lights of one organisation, one network and one controller model"
        )
    return refs[0]


async def airtime(
    session: AsyncSession, gateways: Sequence[str], now: datetime
) -> Mapping[Channel, tuple[timedelta, int]]:
    """What gateways sent for us in the last hour: airtime and frames of each channel."""
    return await repository.airtime(session, gateways, now - LAST_HOUR)


async def forget_airtime(session: AsyncSession, before: datetime) -> None:
    """Forget what gateways sent before an instant."""
    await repository.forget_airtime(session, before)
