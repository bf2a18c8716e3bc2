"""Light points over HTTP: add, change, look back. Lists are made where state is known, above."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, SessionDep
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.registry.history import service as history
from lighting.registry.light_points import service
from lighting.registry.light_points.model import NewLightPoint
from lighting.registry.light_points.schemas import (
    ChangeAnswer,
    LightPointChangeInput,
    LightPointFacts,
    NewLightPointInput,
    change_answer,
)

router = APIRouter(tags=["registry"])


@router.post("/light-points", status_code=201)
async def create_light_point(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: NewLightPointInput,
    key: IdempotencyKey = None,
) -> LightPointFacts:
    """Add a light point."""
    new = NewLightPoint(**body.model_dump())

    async def work() -> LightPointFacts:
        made = await service.create_light_point(session, caller, new, at=clock.now())
        return LightPointFacts.model_validate(made)

    return await idempotent(
        *(session, caller, key),
        route="light_points.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=LightPointFacts,
    )


@router.patch("/light-points/{light_point_id}")
async def change_light_point(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    body: LightPointChangeInput,
) -> LightPointFacts:
    """Change what is named; the rest stays."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    changed = await service.change_light_point(
        session, caller, light_point_id, changes, at=clock.now()
    )
    return LightPointFacts.model_validate(changed)


@router.get("/light-points/{light_point_id}/history")
async def light_point_history(
    session: SessionDep, caller: CurrentCaller, light_point_id: UUID
) -> Page[ChangeAnswer]:
    """What changed of a light point, newest first (the last 200 changes)."""
    await service.light_point(session, caller, light_point_id)
    found = await history.changes(session, caller, light_point_id)
    return Page(items=[change_answer(change) for change in found])


@router.get("/light-points/{light_point_id}/image")
async def light_point_image(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    as_of: Annotated[AwareDatetime | None, Query(description="now, when left out")] = None,
) -> dict[str, Any]:
    """All that the registry said of a light point at a date; the answer never changes."""
    at: datetime = as_of or clock.now()
    return dict(msgspec.to_builtins(await history.as_of(session, caller, light_point_id, at)))
