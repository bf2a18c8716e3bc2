"""Cabinets and circuits over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.registry.network import service
from lighting.registry.network.model import NewCabinet, NewCircuit
from lighting.registry.network.schemas import (
    CabinetAnswer,
    NewCabinetInput,
    NewCircuitInput,
    cabinet_answer,
)

router = APIRouter(tags=["registry"])


@router.get("/cabinets")
async def list_cabinets(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: Annotated[UUID | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[CabinetAnswer]:
    """Cabinets by number, without their circuits."""
    found = await service.cabinets(
        *(session, caller),
        organisation_id=organisation_id,
        q=q,
        after=page.after(tuple[str, UUID]),
        limit=page.limit + 1,
    )
    return page_of(found, page, key=lambda one: (one.code, one.id), shape=cabinet_answer)


@router.get("/cabinets/{cabinet_id}")
async def get_cabinet(
    session: SessionDep, caller: CurrentCaller, cabinet_id: UUID
) -> CabinetAnswer:
    """One cabinet with its circuits."""
    return cabinet_answer(await service.cabinet(session, caller, cabinet_id))


@router.post("/cabinets", status_code=201)
async def create_cabinet(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: NewCabinetInput,
    key: IdempotencyKey = None,
) -> CabinetAnswer:
    """Add a cabinet."""
    new = NewCabinet(**body.model_dump())

    async def work() -> CabinetAnswer:
        return cabinet_answer(await service.create_cabinet(session, caller, new, at=clock.now()))

    return await idempotent(
        *(session, caller, key),
        route="cabinets.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=CabinetAnswer,
    )


@router.post("/cabinets/{cabinet_id}/circuits", status_code=201)
async def create_circuit(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    cabinet_id: UUID,
    body: NewCircuitInput,
    key: IdempotencyKey = None,
) -> CabinetAnswer:
    """Add a circuit to a cabinet."""
    new = NewCircuit(**body.model_dump())

    async def work() -> CabinetAnswer:
        made = await service.create_circuit(session, caller, cabinet_id, new, at=clock.now())
        return cabinet_answer(made)

    return await idempotent(
        *(session, caller, key),
        route=f"circuits.create.{cabinet_id}",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=CabinetAnswer,
    )
