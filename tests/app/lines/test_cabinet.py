"""A cabinet from end to end: polled over TCP, stored, judged, ordered, and answering."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.hearing import build_ingests
from app.lines.line import Surroundings
from app.lines.switchboard import Switchboard
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database
from kit.settings import Settings
from lighting.cabinets import service
from lighting.control.model import DeliveryState
from lighting.faults import service as faults
from lighting.ingest.directory import Directory
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from simulator.modbus import cabinet as simulated
from simulator.modbus import server
from simulator.modbus.cabinet import Cabinet
from tests.lighting.cabinets.armoire import CHANNELS, add_device
from tests.lighting.energy.estate import add_cabinet, add_organisation
from tests.polling import eventually

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SYSTEM = Caller.system("test")
WITHIN_S = 30.0


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@asynccontextmanager
async def switchboard(database: Database, clock: FixedClock) -> AsyncIterator[Switchboard]:
    """A worker's lines, running."""
    around = Surroundings(Settings(), clock.now, database, lambda _: True)
    board = Switchboard(database, clock, around, build_ingests(Directory()), look_every_s=0.05)
    running = asyncio.create_task(board.run())
    try:
        yield board
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def enter(database: Database, port: int) -> UUID:
    """A cabinet with its devices, on a network behind this port."""
    async with database.session() as session:
        organisation_id = await add_organisation(session, AT)
        cabinet_id = await add_cabinet(session, organisation_id, AT, "ARM-1")
        for address, profile, channels in (
            (f"gare/{simulated.RELAY_UNIT}", "waveshare/relay-d", CHANNELS),
            (f"gare/{simulated.METER_UNIT}", "abb/b23", ()),
        ):
            controller_id = await add_device(session, organisation_id, address, profile)
            await service.install_device(
                session,
                SYSTEM,
                cabinet_id,
                controller_id=controller_id,
                channels=channels,
                phase_count=3,
                at=AT,
            )
        units = [
            {"unit": simulated.RELAY_UNIT, "profile": "waveshare/relay-d"},
            {"unit": simulated.METER_UNIT, "profile": "abb/b23"},
        ]
        settings = {"host": "127.0.0.1", "port": port, "units": units}
        new = NewNetwork(organisation_id, NetworkKind.MODBUS, "gare", "Gare", settings)
        await networks.create(session, SYSTEM, new, at=AT)
    return cabinet_id


class Desk:
    """What people see of the cabinet; each look is a second later."""

    def __init__(self, database: Database, clock: FixedClock, cabinet_id: UUID) -> None:
        self._database = database
        self._clock = clock
        self._cabinet_id = cabinet_id

    async def power_w(self) -> float | None:
        async with self._database.session() as session:
            live = await service.live(session, SYSTEM, self._cabinet_id, self._clock.now())
        return live.meters[0][1].values.active_power_w if live.meters else None

    async def open_contactor(self, board: Switchboard) -> None:
        self._clock.advance(timedelta(seconds=1))
        async with self._database.session() as session:
            live = await service.live(session, SYSTEM, self._cabinet_id, self._clock.now())
            await service.switch(
                session,
                SYSTEM,
                self._cabinet_id,
                contactor_id=live.contactors[0].channel.id,
                is_closed=False,
                reason="travaux",
                now=self._clock.now(),
                duration=timedelta(hours=1),
            )
        async with self._database.session() as session:
            leaving = await service.hand_out(session, board.reaches, self._clock.now())
        board.send(leaving)

    async def order_state(self) -> str:
        self._clock.advance(timedelta(seconds=1))
        async with self._database.session() as session:
            (order,) = await service.switches(session, SYSTEM, self._cabinet_id)
        return order.state

    async def causes(self) -> list[str]:
        async with self._database.session() as session:
            found = await faults.alarms(session, SYSTEM, faults.AlarmFilter())
        return [view.alarm.cause for view in found]


async def test_a_cabinet_is_read_switched_and_watched(
    database: Database, clock: FixedClock
) -> None:
    cabinet = Cabinet(AT - timedelta(hours=1))
    cabinet.feed((1000.0, 400.0, 120.0), AT)
    async with server.tcp(cabinet.units) as peer:
        desk = Desk(database, clock, await enter(database, peer.port))
        async with switchboard(database, clock) as board:

            async def is_read() -> bool:
                return await desk.power_w() == 1520.0

            async def is_proven() -> bool:
                return await desk.order_state() == DeliveryState.APPLIED

            async def is_raised() -> bool:
                return await desk.causes() == ["breaker_tripped"]

            assert await eventually(is_read, within_s=WITHIN_S)
            cabinet.contact(simulated.BREAKER, is_closed=True)
            await desk.open_contactor(board)
            await eventually(lambda: not cabinet.is_feeding, WITHIN_S)
            assert await eventually(is_proven, WITHIN_S)
            assert await eventually(is_raised, WITHIN_S)
