"""A column with an air sensor and a traffic counter, and the frames they send."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame, PortFrame, Quantity
from drivers.lorawan.parametric import encode_counts
from kit.access.model import Caller
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest, NobodyListens
from lighting.sensors import service
from lighting.sensors.directory import SensorDevices
from lighting.sensors.model import (
    Channel,
    DeviceView,
    LegalBasis,
    NewDevice,
    NewSensor,
    SensorKind,
    SensorView,
)
from tests.lighting.faults.samples import SameLevel
from tests.lighting.ingest.field import uplink

AIR_ADDRESS = "24e124126d000001"
TRAFFIC_ADDRESS = "70b3d50000000aaa"
# The example of the vendor's documents: 28.1 °C, 57.5 %, 1127 ppm, 1008.8 hPa.
AIR_FRAME = PortFrame(85, bytes.fromhex("01756403671901046873057d670406736827"))
UNWANTED_AIR = frozenset(
    Channel(quantity)
    for quantity in (
        Quantity.TEMPERATURE_C,
        Quantity.RELATIVE_HUMIDITY_PERCENT,
        Quantity.AIR_PRESSURE_HPA,
    )
)
VALUES = {
    SensorKind.AIR_QUALITY: Channel(Quantity.CO2_PPM),
    SensorKind.TRAFFIC_COUNT: Channel(Quantity.VEHICLE_COUNT, "left"),
}


def air(at: datetime) -> Frame:
    return uplink(AIR_FRAME, at, AIR_ADDRESS)


def traffic(at: datetime, left: int) -> Frame:
    said = PortFrame(*encode_counts(left, 0, battery_mv=12_600, panel_mw=0))
    return uplink(said, at, TRAFFIC_ADDRESS)


def make_ingest() -> Ingest:
    return Ingest(
        ChirpStack(),
        expected=SameLevel(100),
        acknowledgements=NobodyListens(),
        keepers=(SensorDevices(),),
    )


async def add_air(
    session: AsyncSession, caller: Caller, town: UUID, at: datetime, address: str = AIR_ADDRESS
) -> DeviceView:
    return await _add(session, caller, town, at, address, "milesight/em500-co2", UNWANTED_AIR)


async def add_traffic(
    session: AsyncSession, caller: Caller, town: UUID, at: datetime
) -> DeviceView:
    unwanted = frozenset({Channel(Quantity.VEHICLE_COUNT, "right")})
    return await _add(session, caller, town, at, TRAFFIC_ADDRESS, "parametric/tcr", unwanted)


async def _add(
    session: AsyncSession,
    caller: Caller,
    town: UUID,
    at: datetime,
    address: str,
    profile: str,
    declined: frozenset[Channel],
) -> DeviceView:
    new = NewDevice(
        organisation_id=town,
        address=address,
        network="chirpstack:main",
        profile=profile,
        title=f"Column {address}",
        expected_period=timedelta(minutes=15),
        lon_deg=3.88,
        lat_deg=43.61,
        declined=declined,
    )
    return await service.add_device(session, caller, new, at=at)


async def declare(
    session: AsyncSession,
    caller: Caller,
    device: DeviceView,
    kind: SensorKind,
    at: datetime,
    *,
    retention_days: int = 365,
    is_publishable: bool = True,
) -> SensorView:
    new = NewSensor(
        device_id=device.id,
        kind=kind,
        channel=VALUES[kind],
        title=f"{kind.value} of the square",
        purpose="Know how the square breathes and moves",
        legal_basis=LegalBasis.PUBLIC_TASK,
        owner="Service mobilité",
        retention_days=retention_days,
        is_publishable=is_publishable,
    )
    return await service.declare(session, caller, new, at=at)
