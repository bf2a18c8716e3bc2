"""The catalogue, controllers and luminaires over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.registry.equipment import service
from lighting.registry.equipment.model import NewController, NewLuminaire, NewLuminaireType
from lighting.registry.equipment.schemas import (
    ControllerAnswer,
    LuminaireAnswer,
    LuminaireTypeAnswer,
    LuminaireTypeInput,
    NewControllerInput,
    NewLuminaireInput,
    controller_answer,
)

router = APIRouter(tags=["registry"])


@router.get("/controllers")
async def list_controllers(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: Annotated[UUID | None, Query()] = None,
    address: Annotated[str | None, Query(max_length=64, description="its beginning")] = None,
) -> Page[ControllerAnswer]:
    """Controllers by network address."""
    found = await service.controllers(
        *(session, caller),
        organisation_id=organisation_id,
        address=address,
        after=page.after(tuple[str, UUID]),
        limit=page.limit + 1,
    )
    return page_of(found, page, key=lambda one: (one.address, one.id), shape=controller_answer)


@router.get("/controllers/{controller_id}")
async def get_controller(
    session: SessionDep, caller: CurrentCaller, controller_id: UUID
) -> ControllerAnswer:
    """One controller and where it is."""
    return controller_answer(await service.controller(session, caller, controller_id))


@router.post("/controllers", status_code=201)
async def create_controller(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: NewControllerInput,
    key: IdempotencyKey = None,
) -> ControllerAnswer:
    """Register a controller that lies in stock."""
    values = body.model_dump(exclude={"organisation_id"})

    async def work() -> ControllerAnswer:
        made = await service.create_controller(
            session, caller, body.organisation_id, NewController(**values), at=clock.now()
        )
        return controller_answer(made)

    return await idempotent(
        *(session, caller, key),
        route="controllers.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=ControllerAnswer,
    )


@router.get("/luminaire-types")
async def list_luminaire_types(
    session: SessionDep, caller: CurrentCaller, page: PageQuery
) -> Page[LuminaireTypeAnswer]:
    """The catalogue, by maker and model."""
    found = await service.luminaire_types(
        session, after=page.after(tuple[str, str, UUID]), limit=page.limit + 1
    )
    return page_of(
        found,
        page,
        key=lambda one: (one.maker, one.model, one.id),
        shape=LuminaireTypeAnswer.model_validate,
    )


@router.post("/luminaire-types", status_code=201)
async def create_luminaire_type(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: LuminaireTypeInput,
    key: IdempotencyKey = None,
) -> LuminaireTypeAnswer:
    """Add a model to the catalogue."""
    new = NewLuminaireType(**body.model_dump())

    async def work() -> LuminaireTypeAnswer:
        made = await service.create_luminaire_type(session, caller, new, at=clock.now())
        return LuminaireTypeAnswer.model_validate(made)

    return await idempotent(
        *(session, caller, key),
        route="luminaire_types.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=LuminaireTypeAnswer,
    )


@router.post("/luminaires", status_code=201)
async def create_luminaire(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: NewLuminaireInput,
    key: IdempotencyKey = None,
) -> LuminaireAnswer:
    """Register a luminaire that lies in stock."""
    new = NewLuminaire(**body.model_dump())

    async def work() -> LuminaireAnswer:
        made = await service.create_luminaire(session, caller, new, at=clock.now())
        return LuminaireAnswer.model_validate(made)

    return await idempotent(
        *(session, caller, key),
        route="luminaires.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=LuminaireAnswer,
    )
