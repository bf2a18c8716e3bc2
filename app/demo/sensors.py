"""A column of the demo city with a traffic counter and an air sensor, declared as the law asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from app.demo.districts import EVERYWHERE
from app.demo.world import World
from drivers.contract import PortFrame, Quantity
from kit.access import service as access
from lighting.sensors import service
from lighting.sensors.model import (
    PERIOD,
    Channel,
    KeptReading,
    LegalBasis,
    NewDevice,
    NewSensor,
    SensorKind,
    SensorView,
)
from simulator import columns

COUNTER, AIR = "02de30e000000001", "02de30e000000002"
DAYS_REMEMBERED = 35
MOBILITY = "Service mobilité (généré)"
ENVIRONMENT = "Service environnement (généré)"
_LEFT, _RIGHT = (Channel(Quantity.VEHICLE_COUNT, to) for to in ("left", "right"))
_CO2, _WARMTH = Channel(Quantity.CO2_PPM), Channel(Quantity.TEMPERATURE_C)


@dataclass(frozen=True, slots=True)
class Declared:
    """A channel with what is declared of it, and its value at an instant."""

    channel: Channel
    kind: SensorKind
    title: str
    purpose: str
    basis: LegalBasis
    owner: str
    retention_days: int
    value: Callable[[datetime, int], float]


@dataclass(frozen=True, slots=True)
class ColumnDevice:
    """A device of the column: what is declared, what declined, and the frame it sends."""

    address: str
    profile: str
    title: str
    declared: Sequence[Declared]
    declined: frozenset[Channel]
    frame: Callable[[datetime, int], PortFrame]


def _traffic(channel: Channel, to: str, direction: int) -> Declared:
    return Declared(
        channel,
        SensorKind.TRAFFIC_COUNT,
        f"Trafic, {to}",
        "Suivre le trafic de l'avenue pour régler l'éclairage et les feux",
        LegalBasis.PUBLIC_TASK,
        MOBILITY,
        1095,
        partial(columns.vehicles, direction=direction),
    )


def _air(channel: Channel, title: str, value: Callable[[datetime, int], float]) -> Declared:
    return Declared(
        channel,
        SensorKind.AIR_QUALITY,
        title,
        "Suivre la qualité de l'air de l'avenue et l'effet du trafic",
        LegalBasis.NO_PERSONAL_DATA,
        ENVIRONMENT,
        730,
        value,
    )


DEVICES: Sequence[ColumnDevice] = (
    ColumnDevice(
        COUNTER,
        "parametric/tcr",
        "Radar de comptage, avenue (généré)",
        (
            _traffic(_LEFT, "vers le centre", 0),
            _traffic(_RIGHT, "vers la périphérie", 1),
        ),
        frozenset(),
        columns.traffic_frame,
    ),
    ColumnDevice(
        AIR,
        "milesight/em500-co2",
        "Capteur d'air, avenue (généré)",
        (
            _air(_CO2, "CO₂ de l'avenue", columns.co2_ppm),
            _air(_WARMTH, "Température de l'avenue", columns.air_c),
        ),
        frozenset(
            Channel(quantity)
            for quantity in (Quantity.RELATIVE_HUMIDITY_PERCENT, Quantity.AIR_PRESSURE_HPA)
        ),
        columns.air_frame,
    ),
)


async def enter(world: World, since: datetime, now: datetime) -> None:
    """Enter and declare the column's devices, and store what they measured since."""
    record, column = world.record, world.lamps[0]
    async with world.database.session() as session:
        admin = await access.caller_of(session, record.users["admin@demo.city"])
        for each in DEVICES:
            device = await service.add_device(
                session,
                admin,
                NewDevice(
                    organisation_id=record.commune_id,
                    address=each.address,
                    network=EVERYWHERE.network,
                    profile=each.profile,
                    title=each.title,
                    expected_period=PERIOD,
                    light_point_id=column.light_point_id,
                    declined=each.declined,
                    is_generated=True,
                ),
                at=since,
            )
            declared = [
                await service.declare(session, admin, declaration(one, device.id), at=since)
                for one in each.declared
            ]
            await service.append_once(session, _past(each, declared, since, now, record.seed))
        await service.forget(session, now)


def declaration(one: Declared, device_id: UUID) -> NewSensor:
    """What the town declares of a channel."""
    return NewSensor(
        device_id=device_id,
        kind=one.kind,
        channel=one.channel,
        title=one.title,
        purpose=one.purpose,
        legal_basis=one.basis,
        owner=one.owner,
        retention_days=one.retention_days,
        is_publishable=True,
    )


def _past(
    device: ColumnDevice,
    sensors: Sequence[SensorView],
    since: datetime,
    now: datetime,
    seed: int,
) -> list[KeptReading]:
    instants = quarters(max(since, now - timedelta(days=DAYS_REMEMBERED)), now)
    return [
        KeptReading(sensor.id, at, float(one.value(at, seed)))
        for sensor, one in zip(sensors, device.declared, strict=True)
        for at in instants
    ]


def quarters(since: datetime, until: datetime) -> list[datetime]:
    """The quarters of an hour that end in (since, until]."""
    step = PERIOD.total_seconds()
    first = since.timestamp() // step + 1
    count = int(until.timestamp() // step - first) + 1
    origin = datetime.fromtimestamp(first * step, since.tzinfo)
    return [origin + number * PERIOD for number in range(count)]
