"""Installations over HTTP: put in, swap, take out, look back."""

from uuid import UUID

from fastapi import APIRouter

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, SessionDep
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.registry.installations import service
from lighting.registry.installations.model import Choice
from lighting.registry.installations.schemas import (
    InstallationAnswer,
    InstallationInput,
    RemovalInput,
    StayAnswer,
)

router = APIRouter(tags=["registry"])


@router.get("/light-points/{light_point_id}/installations")
async def list_installations(
    session: SessionDep, caller: CurrentCaller, light_point_id: UUID
) -> Page[StayAnswer]:
    """Everything that was ever in a light point, newest first (the last 200)."""
    found = await service.stays(session, caller, light_point_id)
    return Page(items=[StayAnswer.model_validate(stay) for stay in found])


@router.post("/light-points/{light_point_id}/installations", status_code=201)
async def install(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    body: InstallationInput,
    key: IdempotencyKey = None,
) -> InstallationAnswer:
    """Put equipment into a light point, in place of what was there: a swap by one scan."""
    now = clock.now()

    async def work() -> InstallationAnswer:
        swap = await service.install(
            *(session, caller, light_point_id),
            Choice(body.kind, body.equipment_id, body.scanned),
            at=body.installed_at or now,
            now=now,
            reason=body.reason,
            replaced_becomes=body.replaced_becomes,
        )
        return InstallationAnswer.model_validate(swap)

    return await idempotent(
        *(session, caller, key),
        route=f"installations.create.{light_point_id}",
        request=body,
        at=now,
        work=work,
        answer_type=InstallationAnswer,
    )


@router.post("/light-points/{light_point_id}/removals", status_code=204)
async def remove(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    light_point_id: UUID,
    body: RemovalInput,
) -> None:
    """Take equipment out of a light point; a repetition finds nothing to take out."""
    now = clock.now()
    await service.remove(
        *(session, caller, light_point_id, body.kind),
        at=body.removed_at or now,
        now=now,
        becomes=body.becomes,
    )
