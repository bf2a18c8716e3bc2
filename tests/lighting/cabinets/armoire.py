"""A cabinet with a relay module and a three-phase meter, and the frames they give."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame
from kit.access.model import Caller
from kit.db import raw
from kit.ids import new_id
from lighting.cabinets import service
from lighting.cabinets.intake import CabinetDevices
from lighting.cabinets.model import ContactRole, DeviceRef, Direction, NewChannel
from lighting.ingest.networks import Modbus
from lighting.ingest.service import Ingest, NobodyListens
from tests.lighting.energy.estate import add_cabinet, add_organisation
from tests.lighting.faults.samples import SameLevel

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SYSTEM = Caller.system("test")
RELAYS, METER = "gare/1", "gare/2"

CHANNELS = (
    NewChannel(Direction.INPUT, "DI1", ContactRole.DOOR_OPEN, "porte"),
    NewChannel(Direction.INPUT, "DI2", ContactRole.BREAKER_TRIPPED, "départ nord"),
    NewChannel(Direction.INPUT, "DI3", ContactRole.RESIDUAL_CURRENT),
    NewChannel(Direction.INPUT, "DI4", ContactRole.SUPPLY_LOST, is_inverted=True),
    NewChannel(Direction.INPUT, "DI5", ContactRole.CONTACTOR_CLOSED, "KM1", follows="K1"),
    NewChannel(Direction.OUTPUT, "K1", ContactRole.CONTACTOR_CLOSED, "nord", rest_is_closed=True),
    NewChannel(Direction.OUTPUT, "K2", ContactRole.CONTACTOR_CLOSED, "sud"),
)


@dataclass(frozen=True, slots=True)
class Armoire:
    """A cabinet in the database."""

    organisation_id: UUID
    cabinet_id: UUID
    relays: DeviceRef
    meter: DeviceRef

    def contactor(self, channel: str = "K1") -> UUID:
        """The identifier of an output."""
        return self.relays.channels[Direction.OUTPUT, channel].id


async def add_device(
    session: AsyncSession, organisation_id: UUID, address: str, profile: str
) -> UUID:
    controller_id = new_id()
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO controller (id, organisation_id, address, network, profile, expected_period_s,
            state, revision, created_at)
        VALUES ($1, $2, $3, 'modbus:gare', $4, 60, 'in_service', 0, $5)
        """,
        *(controller_id, organisation_id, address, profile, AT),
    )
    return controller_id


async def build(session: AsyncSession, name: str = "Villeneuve") -> Armoire:
    organisation_id = await add_organisation(session, AT, name=name)
    cabinet_id = await add_cabinet(session, organisation_id, AT, "ARM-1")
    devices = []
    for address, profile, channels in (
        (RELAYS, "waveshare/relay-d", CHANNELS),
        (METER, "abb/b23", ()),
    ):
        controller_id = await add_device(session, organisation_id, address, profile)
        device = await service.install_device(
            session,
            SYSTEM,
            cabinet_id,
            controller_id=controller_id,
            channels=channels,
            phase_count=3,
            at=AT,
        )
        devices.append(device)
    return Armoire(organisation_id, cabinet_id, *devices)


def make_ingest() -> Ingest:
    return Ingest(
        Modbus(),
        expected=SameLevel(0),
        acknowledgements=NobodyListens(),
        keepers=(CabinetDevices(),),
    )


def inputs(*closed: int, at: datetime = AT) -> Frame:
    """The relay module's inputs; those named (from 1) are closed. DI4 says that mains is there."""
    bits = sum(1 << number - 1 for number in (*closed, 4))
    return Frame(f"modbus/{RELAYS}", bytes([1, bits]), at)


def supply_lost(at: datetime = AT) -> Frame:
    """No input closed: not even the one that says mains is there."""
    return Frame(f"modbus/{RELAYS}", bytes([1, 0]), at)


def relays(*closed: int, at: datetime = AT) -> Frame:
    """The relay module's outputs as they are; those named (from 1) are closed."""
    return Frame(f"modbus/{RELAYS}", bytes([2, sum(1 << number - 1 for number in closed)]), at)


def instant(
    power_w: float = 1520.0,
    voltages_v: Sequence[float] = (230.0, 230.0, 230.0),
    at: datetime = AT,
) -> Frame:
    """Volts and watts of the meter (block 1 of the ABB B23)."""
    registers = bytearray(2 * 62)
    for phase, voltage_v in enumerate(voltages_v):
        struct.pack_into(">I", registers, 4 * phase, round(voltage_v * 10))
    struct.pack_into(">i", registers, 2 * 0x14, round(power_w * 100))
    return Frame(f"modbus/{METER}", bytes([1]) + registers, at)


def counter(energy_wh: int, exported_wh: int = 0, at: datetime = AT) -> Frame:
    """Energy of the meter (block 2 of the ABB B23), in steps of 10 Wh."""
    registers = struct.pack(">QQ", energy_wh // 10, exported_wh // 10)
    return Frame(f"modbus/{METER}", bytes([2]) + registers, at)


async def take(session: AsyncSession, *frames: Frame, ingest: Ingest | None = None) -> None:
    """Let the ingest take frames in, one batch each, at their instants."""
    keeping = ingest or make_ingest()
    for frame in frames:
        await keeping.handle(session, [frame], frame.received_at)
    await session.flush()


def after(**passed: float) -> datetime:
    return AT + timedelta(**passed)
