"""Queries of devices and of what is declared on them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible, visible_ids
from kit.db import raw
from lighting.sensors.model import (
    Channel,
    DeviceView,
    KnownDevice,
    KnownSensor,
    LegalBasis,
    Period,
    SensorFilter,
    SensorKind,
    SensorView,
)
from lighting.sensors.tables import Sensor, SensorDevice

_DEVICE_COLUMNS = """
d.id, d.organisation_id, d.address, d.network, d.profile, d.title, d.expected_period_s,
d.light_point_id, d.lon_deg, d.lat_deg, d.declined, d.is_generated,
s.seen_at, s.battery_charge_percent, s.battery_voltage_v
"""
_DEVICES = f"""
SELECT {_DEVICE_COLUMNS}
FROM sensor_device d LEFT JOIN sensor_device_state s ON s.device_id = d.id
WHERE ($1::uuid[] IS NULL OR d.organisation_id = ANY($1)) AND ($2::uuid IS NULL OR d.id = $2)
  AND ($3::text IS NULL OR (d.address, d.id) > ($3, $4::uuid))
ORDER BY d.address, d.id LIMIT $5
"""
_SENSORS = f"""
SELECT {_DEVICE_COLUMNS}, x.id AS sensor_id, x.kind, x.quantity, x.channel,
       x.title AS sensor_title, x.purpose, x.legal_basis, x.owner, x.retention_days,
       x.is_publishable, x.is_near_dwellings, x.registered_at, o.timezone,
       p.starts_at, p.total, p.minimum, p.maximum, p.samples
FROM sensor x
JOIN sensor_device d ON d.id = x.device_id
JOIN organisation o ON o.id = x.organisation_id
LEFT JOIN sensor_device_state s ON s.device_id = d.id
LEFT JOIN LATERAL (
    SELECT * FROM sensor_period p WHERE p.sensor_id = x.id ORDER BY starts_at DESC LIMIT 1
) p ON true
WHERE x.retired_at IS NULL
  AND ($1::uuid[] IS NULL OR x.organisation_id = ANY($1))
  AND ($2::uuid IS NULL OR x.id = $2)
  AND ($3::uuid IS NULL OR x.organisation_id IN
       (SELECT descendant_id FROM organisation_closure WHERE ancestor_id = $3))
  AND ($4::uuid IS NULL OR d.light_point_id = $4)
  AND ($5::text IS NULL OR x.kind = $5)
  AND (NOT $6 OR x.is_publishable)
  AND ($7::text IS NULL OR (x.title, x.id) > ($7, $8::uuid))
ORDER BY x.title, x.id LIMIT $9
"""


async def devices(
    session: AsyncSession,
    caller: Caller,
    *,
    device_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[DeviceView]:
    """Devices by address, those after the pair (address, id)."""
    connection = await raw(session)
    records = await connection.fetch(
        _DEVICES, visible_ids(caller), device_id, *(after or (None, None)), limit
    )
    return [_device(record) for record in records]


async def sensors(
    session: AsyncSession,
    caller: Caller,
    wanted: SensorFilter,
    *,
    sensor_id: UUID | None = None,
    publishable_only: bool = False,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> list[SensorView]:
    """Declared sensors by title, those after the pair (title, id)."""
    connection = await raw(session)
    records = await connection.fetch(
        _SENSORS,
        visible_ids(caller),
        sensor_id,
        wanted.organisation_id,
        wanted.light_point_id,
        wanted.kind.value if wanted.kind else None,
        publishable_only,
        *(after or (None, None)),
        limit,
    )
    return [_sensor(record) for record in records]


def _device(record: Any) -> DeviceView:
    values = dict(list(record.items())[: len(_DEVICE_COLUMNS.split(","))])
    values["expected_period"] = timedelta(seconds=values.pop("expected_period_s"))
    values["declined"] = _channels(values["declined"])
    return DeviceView(**values)


def _channels(names: Any) -> frozenset[Channel]:
    return frozenset(Channel.parse(name) for name in names)


def _sensor(record: Any) -> SensorView:
    latest = None
    if record["starts_at"] is not None:
        latest = Period(*(record[name] for name in Period._fields))
    return SensorView(
        id=record["sensor_id"],
        device=_device(record),
        kind=SensorKind(record["kind"]),
        channel=Channel.parse(f"{record['quantity']}/{record['channel']}"),
        title=record["sensor_title"],
        purpose=record["purpose"],
        legal_basis=LegalBasis(record["legal_basis"]),
        owner=record["owner"],
        retention_days=record["retention_days"],
        is_publishable=record["is_publishable"],
        is_near_dwellings=record["is_near_dwellings"],
        registered_at=record["registered_at"],
        timezone=record["timezone"],
        latest=latest,
    )


async def device_row(session: AsyncSession, caller: Caller, device_id: UUID) -> SensorDevice | None:
    """A device the caller may see, locked."""
    query = sa.select(SensorDevice).where(
        col(SensorDevice.id) == device_id, visible(SensorDevice.organisation_id, caller)
    )
    found: SensorDevice | None = await session.scalar(query.with_for_update())
    return found


async def sensor_row(session: AsyncSession, caller: Caller, sensor_id: UUID) -> Sensor | None:
    """A sensor in use that the caller may see, locked."""
    query = sa.select(Sensor).where(
        col(Sensor.id) == sensor_id,
        col(Sensor.retired_at).is_(None),
        visible(Sensor.organisation_id, caller),
    )
    found: Sensor | None = await session.scalar(query.with_for_update())
    return found


async def revision(session: AsyncSession) -> tuple[int, int]:
    """Changes whenever a device or a sensor does."""
    record = await (await raw(session)).fetchrow(
        "SELECT count(*), coalesce(sum(revision), 0)::bigint FROM sensor_device"
    )
    return record[0], record[1]


async def known_devices(session: AsyncSession) -> list[KnownDevice]:
    """Every device with the sensors in use on it."""
    declared: dict[UUID, dict[Channel, KnownSensor]] = {}
    in_use = sa.select(Sensor).where(col(Sensor.retired_at).is_(None))
    for one in await session.scalars(in_use):
        channel = Channel.parse(f"{one.quantity}/{one.channel}")
        known = KnownSensor(one.id, timedelta(days=one.retention_days))
        declared.setdefault(one.device_id, {})[channel] = known
    return [
        KnownDevice(
            id=row.id,
            organisation_id=row.organisation_id,
            address=row.address,
            profile=row.profile,
            sensors=declared.get(row.id, {}),
            declined=_channels(row.declined),
        )
        for row in await session.scalars(sa.select(SensorDevice))
    ]
