"""Use cases of sensors: declare, decline, retire, tell, publish, forget."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from lighting.registry.equipment import service as equipment
from lighting.registry.light_points import service as light_points
from lighting.sensors import keeping, repository
from lighting.sensors.compute import first_of_each, periods
from lighting.sensors.model import (
    VALUES_ABOUT_PEOPLE_KEPT,
    Channel,
    DeviceView,
    KeptReading,
    NewDevice,
    NewSensor,
    SensorFilter,
    SensorView,
)
from lighting.sensors.rules import objections
from lighting.sensors.tables import Sensor, SensorDevice


class DeviceTakenError(ConflictError):
    """There is a device of that address."""

    code = "sensor_device_exists"
    title = "There is a device of this address already"


class SensorDeclaredError(ConflictError):
    """This channel of the device is declared."""

    code = "sensor_declared"
    title = "This channel is declared already"


class DeclarationRefusedError(InvalidInputError):
    """The declaration lacks what the law, or plain sense, asks for."""

    code = "sensor_declaration_refused"
    title = "This declaration is not complete"


async def add_device(
    session: AsyncSession, caller: Caller, new: NewDevice, *, at: datetime
) -> DeviceView:
    """Enter a device; nothing it measures is kept before its sensors are declared."""
    await access.organisation(session, caller, new.organisation_id)
    caller.require(Role.ADMINISTER, new.organisation_id)
    _check_profile(new.profile)
    lon_deg, lat_deg = await _place(session, caller, new)
    await _check_address(session, new.address.lower())
    row = SensorDevice(
        organisation_id=new.organisation_id,
        address=new.address.lower(),
        network=new.network,
        profile=new.profile,
        title=new.title,
        expected_period_s=int(new.expected_period.total_seconds()),
        light_point_id=new.light_point_id,
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        declined=_names(new.declined),
        is_generated=new.is_generated,
        created_at=at,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise _taken(new.address) from error
    await _audit(session, caller, at, "sensor_device.create", row, {"address": row.address})
    return await device(session, caller, row.id)


def _check_profile(name: str) -> None:
    try:
        profiles.load(name)
    except profiles.ProfileError as error:
        raise InvalidInputError(f"{error}") from error


async def _check_address(session: AsyncSession, address: str) -> None:
    """A controller of a light speaks for that light and nothing else, whoever has it."""
    if await equipment.controller_called(session, Caller.system("sensors"), address) is not None:
        raise _taken(address)


def _taken(address: str) -> DeviceTakenError:
    return DeviceTakenError(f"'{address}' is entered already; look it up in the registry")


async def _place(session: AsyncSession, caller: Caller, new: NewDevice) -> tuple[float, float]:
    """Where the device hangs: at its light point, else where it is said to be."""
    if new.light_point_id is not None:
        light = await light_points.light_point(session, caller, new.light_point_id)
        if light.organisation_id != new.organisation_id:
            raise InvalidInputError("the light point is not of this organisation; choose another")
        return light.lon_deg, light.lat_deg
    if new.lon_deg is None or new.lat_deg is None:
        raise InvalidInputError("say where it hangs: light_point_id, or lon_deg and lat_deg")
    return new.lon_deg, new.lat_deg


def _names(channels: Iterable[Channel]) -> list[str]:
    return sorted(str(channel) for channel in channels)


async def decline(
    session: AsyncSession,
    caller: Caller,
    device_id: UUID,
    channels: frozenset[Channel],
    *,
    at: datetime,
) -> DeviceView:
    """Name what a device sends and nobody wants: it is dropped as it arrives."""
    row = await _device_row(session, caller, device_id)
    caller.require(Role.ADMINISTER, row.organisation_id)
    row.declined = _names(channels)
    row.revision += 1
    await _audit(session, caller, at, "sensor_device.decline", row, {"declined": row.declined})
    await session.flush()
    return await device(session, caller, device_id)


async def declare(
    session: AsyncSession, caller: Caller, new: NewSensor, *, at: datetime
) -> SensorView:
    """Declare one channel of a device; from now on its values are kept."""
    row = await _device_row(session, caller, new.device_id)
    caller.require(Role.ADMINISTER, row.organisation_id)
    if found := objections(new):
        raise DeclarationRefusedError("; ".join(found))
    sensor = Sensor(
        organisation_id=row.organisation_id,
        device_id=row.id,
        kind=new.kind.value,
        quantity=new.channel.quantity.value,
        channel=new.channel.name,
        title=new.title,
        purpose=new.purpose.strip(),
        legal_basis=new.legal_basis.value,
        owner=new.owner.strip(),
        retention_days=new.retention_days,
        is_publishable=new.is_publishable,
        is_near_dwellings=new.is_near_dwellings,
        registered_at=at,
        registered_by=caller.user_id,
    )
    row.revision += 1
    try:
        async with session.begin_nested():
            session.add(sensor)
    except IntegrityError as error:
        raise SensorDeclaredError(f"{new.channel} of {row.address} has a sensor") from error
    detail = {
        "channel": str(new.channel),
        "purpose": sensor.purpose,
        "legal_basis": sensor.legal_basis,
        "retention_days": sensor.retention_days,
        "is_publishable": sensor.is_publishable,
    }
    await _audit(session, caller, at, "sensor.declare", sensor, detail)
    return await sensor_of(session, caller, sensor.id)


async def retire(session: AsyncSession, caller: Caller, sensor_id: UUID, *, at: datetime) -> None:
    """End a declaration: nothing more is kept; what there is goes with its retention."""
    row = await repository.sensor_row(session, caller, sensor_id)
    if row is None:
        raise _no_sensor()
    caller.require(Role.ADMINISTER, row.organisation_id)
    row.retired_at = at
    (await _device_row(session, caller, row.device_id)).revision += 1
    await _audit(session, caller, at, "sensor.retire", row, {"quantity": row.quantity})


async def append_once(session: AsyncSession, readings: Sequence[KeptReading]) -> int:
    """Store values of declared sensors, each once, and add them up; returns how many were new."""
    fresh = await keeping.append(session, first_of_each(readings)) if readings else []
    if fresh:
        await keeping.add_to_periods(session, periods(fresh))
    return len(fresh)


async def devices(
    session: AsyncSession, caller: Caller, *, after: tuple[str, UUID] | None, limit: int
) -> Sequence[DeviceView]:
    """Devices the caller may see, by address."""
    return await repository.devices(session, caller, after=after, limit=limit)


async def device(session: AsyncSession, caller: Caller, device_id: UUID) -> DeviceView:
    """One device the caller may see."""
    found = await repository.devices(session, caller, device_id=device_id, limit=1)
    if not found:
        raise _no_device()
    return found[0]


async def sensors(
    session: AsyncSession,
    caller: Caller,
    wanted: SensorFilter,
    *,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[SensorView]:
    """Declared sensors the caller may see, by title."""
    return await repository.sensors(session, caller, wanted, after=after, limit=limit)


async def sensor_of(session: AsyncSession, caller: Caller, sensor_id: UUID) -> SensorView:
    """One declared sensor the caller may see."""
    found = await repository.sensors(session, caller, SensorFilter(), sensor_id=sensor_id, limit=1)
    if not found:
        raise _no_sensor()
    return found[0]


async def forget(session: AsyncSession, now: datetime) -> int:
    """Enforce what was declared: single values about people for a day, all else as long as its
    sensor says; returns how much was forgotten."""
    emptied = await keeping.forget_values_about_people(session, now - VALUES_ABOUT_PEOPLE_KEPT)
    return emptied + await keeping.forget_beyond_retention(session, now)


async def _device_row(session: AsyncSession, caller: Caller, device_id: UUID) -> SensorDevice:
    found = await repository.device_row(session, caller, device_id)
    if found is None:
        raise _no_device()
    return found


def _no_device() -> NotFoundError:
    return NotFoundError("no such device; see GET /api/v1/sensor-devices")


def _no_sensor() -> NotFoundError:
    return NotFoundError("no such sensor; see GET /api/v1/sensors")


async def _audit(
    session: AsyncSession,
    caller: Caller,
    at: datetime,
    action: str,
    row: SensorDevice | Sensor,
    detail: dict[str, object],
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type=action.partition(".")[0],
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail=detail,
    )
