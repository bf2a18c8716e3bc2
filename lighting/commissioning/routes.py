"""Commissioning over HTTP: discovered devices, labels, and lights put into service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.http import CurrentCaller
from kit.errors import InvalidInputError
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.commissioning import discovery, rules, self_test, service
from lighting.commissioning.labels import read_label
from lighting.commissioning.model import CommissioningState, DeviceState
from lighting.commissioning.schemas import (
    AcceptanceInput,
    CommissioningAnswer,
    CommissioningInput,
    DiscoveredDeviceAnswer,
    LabelAnswer,
    LabelInput,
    LightShape,
    ProposalAnswer,
    ProposalsAnswer,
    ReasonInput,
    StepAnswer,
)
from lighting.commissioning.tables import Commissioning
from lighting.registry import service as registry
from lighting.registry.equipment.schemas import controller_answer
from lighting.registry.model import Place

router = APIRouter(tags=["commissioning"])

Longitude = Annotated[float | None, Query(ge=-180, le=180)]
Latitude = Annotated[float | None, Query(ge=-90, le=90)]


@router.get("/discovered-devices")
async def list_discovered_devices(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    state: Annotated[DeviceState | None, Query()] = None,
    network: Annotated[str | None, Query(max_length=120)] = None,
    q: Annotated[str | None, Query(max_length=64, description="in address or serial")] = None,
    organisation_id: Annotated[UUID | None, Query()] = None,
) -> Page[DiscoveredDeviceAnswer]:
    """Devices that were heard or found and stand in no light point, last heard first."""
    found = await discovery.devices(
        *(session, caller),
        state=state,
        network=network,
        q=q,
        organisation_id=organisation_id,
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
    )
    return page_of(
        found,
        page,
        key=lambda one: (one.last_seen_at, one.id),
        shape=DiscoveredDeviceAnswer.model_validate,
    )


@router.get("/discovered-devices/{discovered_device_id}")
async def get_discovered_device(
    session: SessionDep, caller: CurrentCaller, discovered_device_id: UUID
) -> DiscoveredDeviceAnswer:
    """One discovered device with its evidence."""
    found = await discovery.device(session, caller, discovered_device_id)
    return DiscoveredDeviceAnswer.model_validate(found)


@router.get("/discovered-devices/{discovered_device_id}/proposals")
async def list_proposals(
    session: SessionDep,
    caller: CurrentCaller,
    discovered_device_id: UUID,
    lon_deg: Longitude = None,
    lat_deg: Latitude = None,
    with_equipped: Annotated[bool, Query(description="for a swap")] = False,
) -> ProposalsAnswer:
    """Light points near the device, or near where the person stands if that is given."""
    device = await discovery.device(session, caller, discovered_device_id)
    place = _place(lon_deg, lat_deg) or device.place
    if place is None:
        return ProposalsAnswer(items=[])
    found = await service.proposals(session, caller, place, with_equipped=with_equipped)
    return _proposals(found)


@router.get("/commissioning-places")
async def list_places(
    session: SessionDep,
    caller: CurrentCaller,
    lon_deg: Annotated[float, Query(ge=-180, le=180)],
    lat_deg: Annotated[float, Query(ge=-90, le=90)],
    with_equipped: Annotated[bool, Query(description="for a swap")] = False,
) -> ProposalsAnswer:
    """Light points near where the person stands, nearest first."""
    place = Place(lon_deg, lat_deg)
    found = await service.proposals(session, caller, place, with_equipped=with_equipped)
    return _proposals(found)


@router.post("/discovered-devices/{discovered_device_id}/ignore")
async def ignore_device(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    discovered_device_id: UUID,
    body: ReasonInput,
) -> DiscoveredDeviceAnswer:
    """Put a device aside, with the reason."""
    done = await discovery.ignore(
        session, caller, discovered_device_id, reason=body.reason, at=clock.now()
    )
    return DiscoveredDeviceAnswer.model_validate(done)


@router.post("/discovered-devices/{discovered_device_id}/restore")
async def restore_device(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, discovered_device_id: UUID
) -> DiscoveredDeviceAnswer:
    """Take a device that was put aside back."""
    done = await discovery.restore(session, caller, discovered_device_id, at=clock.now())
    return DiscoveredDeviceAnswer.model_validate(done)


@router.post("/labels/read")
async def read_a_label(session: SessionDep, caller: CurrentCaller, body: LabelInput) -> LabelAnswer:
    """Understand the label of a controller, and tell what we know of it."""
    label = read_label(body.text)
    device = await discovery.device_called(session, caller, label.address, label.serial)
    controller = await registry.controller_called(session, caller, label.address)
    answer = LabelAnswer.model_validate(label)
    answer.device = DiscoveredDeviceAnswer.model_validate(device) if device else None
    answer.controller = controller_answer(controller) if controller else None
    return answer


@router.get("/commissionings")
async def list_commissionings(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    state: Annotated[CommissioningState | None, Query()] = None,
    light_point_id: Annotated[UUID | None, Query()] = None,
) -> Page[CommissioningAnswer]:
    """Lights put into service, newest first."""
    found = await service.commissionings(
        *(session, caller),
        state=state,
        light_point_id=light_point_id,
        after=page.after(tuple[datetime, UUID]),
        limit=page.limit + 1,
    )
    answers = {row.id: answer for row, answer in await _answers(session, found)}
    return page_of(
        found, page, key=lambda row: (row.created_at, row.id), shape=lambda row: answers[row.id]
    )


@router.post("/commissionings", status_code=201)
async def commission(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: CommissioningInput,
    key: IdempotencyKey = None,
) -> CommissioningAnswer:
    """Put a controller into service in one act; frames that waited for it are taken in after."""

    async def work() -> CommissioningAnswer:
        row = await service.commission(session, caller, body.told(), now=clock.now())
        return await _answer(session, row)

    return await idempotent(
        *(session, caller, key),
        route="commissionings.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=CommissioningAnswer,
    )


@router.get("/commissionings/{commissioning_id}")
async def get_commissioning(
    session: SessionDep, caller: CurrentCaller, commissioning_id: UUID
) -> CommissioningAnswer:
    """One light put into service: its test, what may be done next, its record."""
    return await _answer(session, await service.commissioning(session, caller, commissioning_id))


@router.post("/commissionings/{commissioning_id}/self-tests", status_code=201)
async def start_self_test(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, commissioning_id: UUID
) -> CommissioningAnswer:
    """Begin the self-test, or begin it again; look at `steps` while it runs."""
    row = await self_test.start(session, caller, commissioning_id, now=clock.now())
    return await _answer(session, row)


@router.post("/commissionings/{commissioning_id}/acceptance")
async def accept(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    commissioning_id: UUID,
    body: AcceptanceInput,
) -> CommissioningAnswer:
    """Accept the light and freeze the record of it."""
    row = await service.accept(
        *(session, caller, commissioning_id),
        signed_name=body.signed_name,
        remark=body.remark,
        now=clock.now(),
    )
    return await _answer(session, row)


@router.post("/commissionings/{commissioning_id}/refusal")
async def refuse(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    commissioning_id: UUID,
    body: ReasonInput,
) -> CommissioningAnswer:
    """Refuse the light, with the reason."""
    now = clock.now()
    row = await service.refuse(session, caller, commissioning_id, reason=body.reason, now=now)
    return await _answer(session, row)


@router.post("/commissionings/{commissioning_id}/withdrawal")
async def withdraw(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    commissioning_id: UUID,
    body: ReasonInput,
) -> CommissioningAnswer:
    """Take the controller out again: it was the wrong one, or the wrong column."""
    now = clock.now()
    row = await service.withdraw(session, caller, commissioning_id, reason=body.reason, now=now)
    return await _answer(session, row)


def _place(lon_deg: float | None, lat_deg: float | None) -> Place | None:
    if (lon_deg is None) != (lat_deg is None):
        raise InvalidInputError("give both lon_deg and lat_deg, or neither")
    return None if lon_deg is None or lat_deg is None else Place(lon_deg, lat_deg)


def _proposals(found: Sequence[object]) -> ProposalsAnswer:
    return ProposalsAnswer(items=[ProposalAnswer.model_validate(one) for one in found])


async def _answer(session: AsyncSession, row: Commissioning) -> CommissioningAnswer:
    ((_, answer),) = await _answers(session, [row])
    return answer


async def _answers(
    session: AsyncSession, rows: Sequence[Commissioning]
) -> Sequence[tuple[Commissioning, CommissioningAnswer]]:
    asked = [identifier for row in rows for identifier in (row.light_point_id, row.controller_id)]
    names = await registry.names(session, asked)
    steps = await service.steps_of(session, [row.id for row in rows])
    return [
        (
            row,
            CommissioningAnswer.model_validate(
                {
                    **row.model_dump(),
                    "light_point": LightShape(
                        id=row.light_point_id, code=names[row.light_point_id].label
                    ),
                    "controller_address": names[row.controller_id].label,
                    "moves": sorted(rules.MOVES[CommissioningState(row.state)]),
                    "steps": [StepAnswer.model_validate(step) for step in steps.get(row.id, ())],
                }
            ),
        )
        for row in rows
    ]
