"""Cabinets alive over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.cabinets import service
from lighting.cabinets.model import NewChannel
from lighting.cabinets.schemas import (
    CabinetDeviceAnswer,
    CabinetDeviceInput,
    CabinetEnergyAnswer,
    CabinetReadingAnswer,
    CabinetStateAnswer,
    SwitchAnswer,
    SwitchInput,
)

router = APIRouter(tags=["cabinets"])

From = Annotated[AwareDatetime, Query(alias="from")]
To = Annotated[AwareDatetime, Query(alias="to")]


@router.get("/cabinets/{cabinet_id}/state")
async def show_cabinet_state(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, cabinet_id: UUID
) -> CabinetStateAnswer:
    """A cabinet as it is now: meters, contacts, contactors."""
    return CabinetStateAnswer.of(await service.live(session, caller, cabinet_id, clock.now()))


@router.get("/cabinets/{cabinet_id}/readings")
async def list_cabinet_readings(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    cabinet_id: UUID,
    starts_at: From,
    ends_at: To,
) -> Page[CabinetReadingAnswer]:
    """What the meters of a cabinet said, minute by minute, oldest first."""
    after = page.after(tuple[datetime, UUID])
    span = (starts_at, ends_at)
    rows = await service.readings(
        session, caller, cabinet_id, span, after=after, limit=page.limit + 1
    )
    return page_of(rows, page, lambda row: (row.at, row.device_id), CabinetReadingAnswer.of)


@router.get("/cabinets/{cabinet_id}/energy")
async def show_cabinet_energy(
    session: SessionDep, caller: CurrentCaller, cabinet_id: UUID, starts_at: From, ends_at: To
) -> CabinetEnergyAnswer:
    """What a cabinet imported and exported by its meters."""
    sums = await service.energy(session, caller, cabinet_id, (starts_at, ends_at))
    return CabinetEnergyAnswer.of(*sums)


@router.post("/cabinets/{cabinet_id}/devices", status_code=201)
async def install_cabinet_device(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    cabinet_id: UUID,
    body: CabinetDeviceInput,
) -> CabinetDeviceAnswer:
    """Put a registered controller or meter into a cabinet."""
    device = await service.install_device(
        session,
        caller,
        cabinet_id,
        controller_id=body.controller_id,
        channels=[NewChannel(**one.model_dump()) for one in body.channels],
        phase_count=body.phase_count,
        at=clock.now(),
    )
    return CabinetDeviceAnswer.of(device, None)


@router.delete("/cabinets/{cabinet_id}/devices/{device_id}", status_code=204)
async def remove_cabinet_device(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    cabinet_id: UUID,
    device_id: UUID,
) -> None:
    """Take a device out of its cabinet; what it said stays."""
    await service.remove_device(session, caller, cabinet_id, device_id, at=clock.now())


@router.post("/cabinets/{cabinet_id}/switches", status_code=201)
async def switch_contactor(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    cabinet_id: UUID,
    body: SwitchInput,
    key: IdempotencyKey = None,
) -> SwitchAnswer:
    """Order a contactor closed or open until an end. The order leaves within seconds."""
    now = clock.now()

    async def work() -> SwitchAnswer:
        order = await service.switch(
            session,
            caller,
            cabinet_id,
            contactor_id=body.contactor_id,
            is_closed=body.is_closed,
            reason=body.reason,
            now=now,
            expires_at=body.expires_at,
            duration=timedelta(seconds=body.duration_s) if body.duration_s else None,
        )
        return SwitchAnswer.of(order)

    return await idempotent(
        *(session, caller, key),
        route=f"cabinets.switch.{cabinet_id}",
        request=body,
        at=now,
        work=work,
        answer_type=SwitchAnswer,
    )


@router.get("/cabinets/{cabinet_id}/switches")
async def list_switches(
    session: SessionDep, caller: CurrentCaller, page: PageQuery, cabinet_id: UUID
) -> Page[SwitchAnswer]:
    """Orders to the contactors of a cabinet, newest first."""
    rows = await service.switches(
        session,
        caller,
        cabinet_id,
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
    )
    return page_of(rows, page, lambda row: (row.created_at, row.id), SwitchAnswer.of)


@router.post("/cabinets/{cabinet_id}/switches/{switch_order_id}/cancel")
async def cancel_switch(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    cabinet_id: UUID,
    switch_order_id: UUID,
) -> SwitchAnswer:
    """End an order before its time: the contactor rests again."""
    order = await service.cancel(session, caller, cabinet_id, switch_order_id, now=clock.now())
    return SwitchAnswer.of(order)
