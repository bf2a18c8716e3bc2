"""The line to a Lunatone gateway as its network's settings describe it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from app.lines import lunatone
from app.lines.line import Line, Surroundings
from drivers.dali.ports import Port
from kit.db import Database
from kit.ids import new_id
from kit.settings import Settings
from lighting.control.model import Order
from lighting.networks.kinds import LunatoneSettings
from lighting.networks.model import FieldNetworkView, NetworkKind, NetworkState
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.lunatone.gateway import LunatonePeer, running

AT = datetime(2026, 11, 20, 21, tzinfo=UTC)


def _network(url: str) -> FieldNetworkView:
    return FieldNetworkView(
        id=new_id(),
        organisation_id=new_id(),
        name="lunatone:gare",
        kind=NetworkKind.LUNATONE,
        title="Gare",
        settings=LunatoneSettings(url=url).model_dump(mode="json"),
        state=NetworkState.ACTIVE,
        created_at=AT,
    )


async def _payloads(line: Line, port: Port) -> AsyncIterator[tuple[str, bytes]]:
    async for batch in line.batches(1, timedelta(seconds=1)):
        batch.acknowledge()
        for frame in batch.frames:
            if frame.payload[0] == port:
                yield frame.topic, frame.payload[1:]


async def test_gear_is_asked_and_ordered_by_its_address(database: Database) -> None:
    gear = PeerGear(17, device_types=(6,))
    peer = LunatonePeer({0: PeerLine(gear)})
    around = Surroundings(Settings(), lambda: AT, database, lambda _: True)
    async with running(peer), lunatone.open_line(_network(peer.url), around) as line:
        topic, _ = await anext(_payloads(line, Port.STATE))
        assert topic == "lunatone/gare/0/17"
        await line.send(_order("gare/0/17"))
        assert gear.level == 229
        _, payload = await anext(_payloads(line, Port.ORDER_TAKEN))
        assert payload == bytes([0b100, 229, 0, 0, 50])


def _order(address: str) -> Order:
    return Order(
        delivery_id=new_id(),
        controller_key=1,
        address=address,
        network="lunatone:gare",
        profile="lunatone/dali2-iot",
        gateway="lunatone:gare",
        level_percent=50,
        attempts=0,
        expires_at=AT + timedelta(minutes=1),
    )
