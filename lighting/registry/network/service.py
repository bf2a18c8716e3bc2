"""Use cases of cabinets and circuits."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, NotFoundError
from lighting.registry import repository as registry
from lighting.registry.network import repository
from lighting.registry.network.model import CabinetView, NewCabinet, NewCircuit
from lighting.registry.tables import Cabinet, Circuit
from lighting.registry.words import search_words


class CabinetRefusedError(ConflictError):
    """The number is that of another cabinet, or of another circuit of the cabinet."""

    code = "cabinet_refused"
    title = "This number is taken"


async def cabinets(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None = None,
    q: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> Sequence[CabinetView]:
    """Cabinets by code, those after the pair (code, id); circuits only with `cabinet`."""
    return await repository.cabinets(
        session, caller, organisation_id=organisation_id, q=q, after=after, limit=limit
    )


async def cabinet(session: AsyncSession, caller: Caller, cabinet_id: UUID) -> CabinetView:
    """One cabinet with its circuits; refused as unknown when the caller may not see it."""
    found = await repository.cabinet(session, caller, cabinet_id)
    if found is None:
        raise NotFoundError("no such cabinet; see GET /api/v1/cabinets")
    return found


async def create_cabinet(
    session: AsyncSession, caller: Caller, new: NewCabinet, *, at: datetime
) -> CabinetView:
    """Add a cabinet."""
    await access.organisation(session, caller, new.organisation_id)
    caller.require(Role.PLAN, new.organisation_id)
    row = Cabinet(**asdict(new), search_words=search_words(new.code, new.name), created_at=at)
    refusal = CabinetRefusedError(f"there is a cabinet '{new.code}' in this organisation already")
    await registry.save(session, refusal, row)
    await _audit(session, caller, at, "cabinet.create", row.id, row)
    return await cabinet(session, caller, row.id)


async def create_circuit(
    session: AsyncSession, caller: Caller, cabinet_id: UUID, new: NewCircuit, *, at: datetime
) -> CabinetView:
    """Add a circuit to a cabinet."""
    parent = await cabinet(session, caller, cabinet_id)
    caller.require(Role.PLAN, parent.organisation_id)
    row = Circuit(
        cabinet_id=cabinet_id,
        organisation_id=parent.organisation_id,
        code=new.code,
        phase=new.phase,
        created_at=at,
    )
    refusal = CabinetRefusedError(f"there is a circuit '{new.code}' in this cabinet already")
    await registry.save(session, refusal, row)
    await _audit(session, caller, at, "circuit.create", row.id, row)
    return await cabinet(session, caller, cabinet_id)


async def _audit(
    session: AsyncSession,
    caller: Caller,
    at: datetime,
    action: str,
    subject_id: UUID,
    row: Cabinet | Circuit,
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type=action.partition(".")[0],
        subject_id=subject_id,
        organisation_id=row.organisation_id,
        detail={"code": row.code},
    )
