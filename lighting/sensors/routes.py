"""Sensors over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from lighting.sensors import open_data, service, telling
from lighting.sensors.model import SensorFilter, SensorKind, SensorView, Step
from lighting.sensors.schemas import (
    DeclinedInput,
    DeviceAnswer,
    NewDeviceInput,
    NewSensorInput,
    ReadingsAnswer,
    SensorAnswer,
    device_answer,
    readings_answer,
    sensor_answer,
)

router = APIRouter(tags=["sensors"])

From = Annotated[AwareDatetime, Query(alias="from")]
To = Annotated[AwareDatetime, Query(alias="to")]


@router.get("/sensor-devices")
async def list_devices(
    session: SessionDep, caller: CurrentCaller, page: PageQuery
) -> Page[DeviceAnswer]:
    """Devices on columns, by address."""
    after = page.after(tuple[str, UUID])
    rows = await service.devices(session, caller, after=after, limit=page.limit + 1)
    return page_of(rows, page, lambda row: (row.address, row.id), device_answer)


@router.post("/sensor-devices", status_code=201)
async def add_device(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: NewDeviceInput
) -> DeviceAnswer:
    """Enter a device; what it measures is kept once its sensors are declared."""
    return device_answer(await service.add_device(session, caller, body.told(), at=clock.now()))


@router.put("/sensor-devices/{device_id}/declined")
async def decline(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    device_id: UUID,
    body: DeclinedInput,
) -> DeviceAnswer:
    """Say what of a device's words is dropped as it arrives, because nobody needs it."""
    return device_answer(
        await service.decline(session, caller, device_id, body.channels, at=clock.now())
    )


@router.get("/sensors")
async def list_sensors(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: UUID | None = None,
    light_point_id: UUID | None = None,
    kind: SensorKind | None = None,
) -> Page[SensorAnswer]:
    """Declared sensors with their purpose and their newest value, by title."""
    wanted = SensorFilter(organisation_id, light_point_id, kind)
    after = page.after(tuple[str, UUID])
    rows = await service.sensors(session, caller, wanted, after=after, limit=page.limit + 1)
    return page_of(rows, page, lambda row: (row.title, row.id), _answer)


@router.post("/sensors", status_code=201)
async def declare_sensor(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, body: NewSensorInput
) -> SensorAnswer:
    """Declare what a device measures: for what, on which ground, for how long, who answers.

    Frames that waited in quarantine for it (reason `unregistered_sensor`) can then be replayed.
    """
    return _answer(await service.declare(session, caller, body.told(), at=clock.now()))


@router.get("/sensors/open-data.csv", response_class=Response)
async def export_open_data(
    session: SessionDep, caller: CurrentCaller, starts_at: From, ends_at: To
) -> Response:
    """Quarters of an hour of the sensors marked publishable, as CSV (UTF-8, commas)."""
    found = await telling.published(session, caller, starts_at, ends_at)
    text = [open_data.heading()]
    for sensor, periods in found:
        text.extend(open_data.lines(sensor, periods))
    headers = {"Content-Disposition": 'attachment; filename="sensors.csv"'}
    return Response("".join(text), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/sensors/{sensor_id}")
async def show_sensor(session: SessionDep, caller: CurrentCaller, sensor_id: UUID) -> SensorAnswer:
    """One declared sensor."""
    return _answer(await service.sensor_of(session, caller, sensor_id))


@router.post("/sensors/{sensor_id}/retirement", status_code=204)
async def retire_sensor(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, sensor_id: UUID
) -> None:
    """End a declaration: nothing more is kept; what there is goes with its retention."""
    await service.retire(session, caller, sensor_id, at=clock.now())


@router.get("/sensors/{sensor_id}/readings", response_model_by_alias=True)
async def show_readings(
    session: SessionDep,
    caller: CurrentCaller,
    sensor_id: UUID,
    starts_at: From,
    ends_at: To,
    step: Step = Step.QUARTER,
) -> ReadingsAnswer:
    """What a sensor measured over quarters of an hour, hours or days; never single passers."""
    sensor, periods = await telling.periods(session, caller, sensor_id, starts_at, ends_at, step)
    is_complete = len(periods) < telling.PERIODS_PER_ANSWER_MAX
    return readings_answer(sensor, step, periods, is_complete=is_complete)


def _answer(sensor: SensorView) -> SensorAnswer:
    return sensor_answer(sensor, telling.latest(sensor))
