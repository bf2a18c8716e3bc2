"""Use cases of field networks: enter one, change it, say how its line does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, NotFoundError
from lighting.networks import repository
from lighting.networks.kinds import settings_of
from lighting.networks.model import FieldNetworkView, LineReport, NetworkState, NewNetwork
from lighting.networks.tables import FieldNetwork


class NetworkNameTakenError(ConflictError):
    """There is a network of that name."""

    code = "network_name_taken"
    title = "There is a network of this name already"


async def networks(session: AsyncSession, caller: Caller) -> Sequence[FieldNetworkView]:
    """The networks the caller may see, by name."""
    return await repository.networks(session, caller)


async def network(session: AsyncSession, caller: Caller, network_id: UUID) -> FieldNetworkView:
    """One network; unknown when the caller may not see it."""
    return repository.view_of(await _row(session, caller, network_id))


async def owners(session: AsyncSession) -> Mapping[str, UUID]:
    """The organisation of each network, by its name: what comes by it is theirs to see."""
    return await repository.owners(session)


async def create(
    session: AsyncSession, caller: Caller, new: NewNetwork, *, at: datetime
) -> FieldNetworkView:
    """Enter a network; workers open its line within half a minute."""
    await access.organisation(session, caller, new.organisation_id)
    caller.require(Role.ADMINISTER, new.organisation_id)
    row = FieldNetwork(
        organisation_id=new.organisation_id,
        name=new.name,
        kind=new.kind.value,
        title=new.title,
        settings=settings_of(new.kind, new.settings).model_dump(mode="json"),
        created_at=at,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise NetworkNameTakenError(
            f"'{new.name}' exists; change it, or name the new one otherwise"
        ) from error
    await _audit(session, caller, at, "network.create", row, {"name": row.name})
    return repository.view_of(row)


async def change(
    session: AsyncSession,
    caller: Caller,
    network_id: UUID,
    *,
    title: str | None,
    state: NetworkState | None,
    settings: Mapping[str, Any] | None,
    at: datetime,
) -> FieldNetworkView:
    """Change what is given of a network; its line is opened anew with other settings."""
    row = await _row(session, caller, network_id)
    caller.require(Role.ADMINISTER, row.organisation_id)
    view = repository.view_of(row)
    changed: dict[str, Any] = {}
    if title is not None:
        changed["title"] = title
    if state is not None:
        changed["state"] = state.value
    if settings is not None:
        changed["settings"] = settings_of(view.kind, settings).model_dump(mode="json")
    for name, value in changed.items():
        setattr(row, name, value)
    await _audit(session, caller, at, "network.change", row, changed)
    return repository.view_of(row)


async def tell_line(session: AsyncSession, report: LineReport, at: datetime) -> None:
    """Keep what a worker says of a line; its counts are those since it last said something."""
    await repository.put_line(
        session,
        {
            "network_id": report.network_id,
            "state": report.state.value,
            "since": report.since,
            "detail": report.detail,
            "last_frame_at": report.last_frame_at,
            "frame_count": report.frame_count,
            "sent_count": report.sent_count,
            "told_at": at,
        },
    )


async def _row(session: AsyncSession, caller: Caller, network_id: UUID) -> FieldNetwork:
    found = await repository.row(session, caller, network_id)
    if found is None:
        raise NotFoundError("no such network; see GET /api/v1/networks")
    return found


async def _audit(
    session: AsyncSession,
    caller: Caller,
    at: datetime,
    action: str,
    row: FieldNetwork,
    detail: dict[str, Any],
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="network",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail=detail,
    )
