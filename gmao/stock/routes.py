"""Parts, stores and movements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gmao.stock import catalogue, service
from gmao.stock.model import MovementOrder
from gmao.stock.schemas import (
    LevelLeftAnswer,
    MovementAnswer,
    MovementInput,
    PartAnswer,
    PartInput,
    StoreAnswer,
    StoreInput,
)
from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent

router = APIRouter(tags=["gmao"])


@router.get("/parts")
async def list_parts(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    q: Annotated[
        str | None, Query(max_length=80, description="in reference or designation")
    ] = None,
) -> Page[PartAnswer]:
    """The catalogue by reference, each part with where it lies."""
    found = await catalogue.parts(
        session, caller, text=q, after=page.after(tuple[str, UUID]), limit=page.limit + 1
    )
    return page_of(
        found, page, key=lambda part: (part.reference, part.id), shape=PartAnswer.model_validate
    )


@router.post("/parts", status_code=201)
async def create_part(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: PartInput,
    key: IdempotencyKey = None,
) -> PartAnswer:
    """Add a line to the catalogue."""

    async def work() -> PartAnswer:
        made = await catalogue.create_part(session, caller, at=clock.now(), **body.model_dump())
        return PartAnswer.model_validate(made)

    return await idempotent(
        session,
        caller,
        key,
        route="parts.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=PartAnswer,
    )


@router.get("/stores")
async def list_stores(session: SessionDep, caller: CurrentCaller) -> Page[StoreAnswer]:
    """The stores and vans the caller may see; they are few, so this is one page."""
    found = await catalogue.stores(session, caller)
    return Page(items=[StoreAnswer.model_validate(store) for store in found])


@router.post("/stores", status_code=201)
async def create_store(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: StoreInput,
    key: IdempotencyKey = None,
) -> StoreAnswer:
    """Open a store room, or the van of a crew."""

    async def work() -> StoreAnswer:
        made = await catalogue.create_store(session, caller, at=clock.now(), **body.model_dump())
        return StoreAnswer.model_validate(made)

    return await idempotent(
        session,
        caller,
        key,
        route="stores.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=StoreAnswer,
    )


@router.get("/stores/{store_id}/movements")
async def list_movements(
    session: SessionDep,
    caller: CurrentCaller,
    store_id: UUID,
    part_id: Annotated[UUID | None, Query()] = None,
) -> Page[MovementAnswer]:
    """The last 200 movements of a store, newest first."""
    found = await service.movements(session, caller, store_id, part_id=part_id)
    return Page(items=[MovementAnswer.model_validate(move) for move in found])


@router.post("/stores/{store_id}/movements", status_code=201)
async def move(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    store_id: UUID,
    body: MovementInput,
    key: IdempotencyKey = None,
) -> LevelLeftAnswer:
    """Receive, count or transfer a part."""

    async def work() -> LevelLeftAnswer:
        order = MovementOrder(store_id=store_id, **body.model_dump())
        left = await service.move(session, caller, order, at=clock.now())
        return LevelLeftAnswer(store_id=store_id, part_id=body.part_id, quantity=left)

    return await idempotent(
        session,
        caller,
        key,
        route=f"stores.move.{store_id}",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=LevelLeftAnswer,
    )
