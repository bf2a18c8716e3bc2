"""The line to a Modbus gateway as its network's settings describe it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.lines import modbus
from app.lines.line import Surroundings
from drivers.contract import PortFrame
from kit.db import Database
from kit.ids import new_id
from kit.settings import Settings
from lighting.control.model import Order
from lighting.networks.kinds import BusUnit, ModbusSettings
from lighting.networks.model import FieldNetworkView, NetworkKind, NetworkState
from simulator.modbus import server
from simulator.modbus.memory import Space, UnitMemory

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)


def network(port: int) -> FieldNetworkView:
    settings = ModbusSettings(
        host="127.0.0.1", port=port, units=(BusUnit(unit=3, profile="waveshare/relay-d"),)
    )
    return FieldNetworkView(
        id=new_id(),
        organisation_id=new_id(),
        name="modbus:gare",
        kind=NetworkKind.MODBUS,
        title="Gare",
        settings=settings.model_dump(mode="json"),
        state=NetworkState.ACTIVE,
        created_at=AT,
    )


async def test_units_are_polled_and_ordered_by_their_profiles(database: Database) -> None:
    memory = UnitMemory()
    memory.put(Space.COILS, 0, [0] * 8)
    memory.put(Space.INPUTS, 0, [1] + [0] * 7)
    around = Surroundings(Settings(), lambda: AT, database, lambda _: True)
    async with (
        server.tcp({3: memory}) as peer,
        modbus.open_line(network(peer.port), around) as line,
    ):
        batches = line.batches(2, timedelta(seconds=5))
        batch = await anext(aiter(batches))
        assert {frame.payload for frame in batch.frames} == {b"\x01\x01", b"\x02\x00"}
        await line.send(order(PortFrame(1, bytes.fromhex("05 0001 ff00"))))
        assert memory.get(1, 0, 2) == [0, 1]


def order(frame: PortFrame) -> Order:
    return Order(
        delivery_id=new_id(),
        controller_key=1,
        address="gare/3",
        network="modbus:gare",
        profile="waveshare/relay-d",
        gateway="modbus:gare",
        level_percent=100,
        attempts=0,
        expires_at=AT + timedelta(minutes=1),
        frame=frame,
    )


def test_a_unit_that_is_no_modbus_device_is_refused() -> None:
    settings = ModbusSettings(host="127.0.0.1", units=(BusUnit(unit=3, profile="nas/ul20xx"),))
    with pytest.raises(modbus.WrongUnitError, match="unit 3: nas/ul20xx is not polled"):
        modbus.units_of(settings)
