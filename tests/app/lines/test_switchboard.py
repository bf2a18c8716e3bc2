"""Lines follow the networks as they are entered; the line here is a spool the test fills."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from msgspec import structs

from app.lines.line import Line, Surroundings
from app.lines.switchboard import Switchboard
from drivers.contract import Frame
from drivers.errors import UnreachableError
from drivers.spool import Spool
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database
from kit.ids import new_id
from kit.settings import Settings
from lighting.control.model import Order
from lighting.ingest.intake import Batch
from lighting.ingest.networks import ChirpStack
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, NetworkKind, NetworkState, NewNetwork
from tests.lighting.ingest.field import NIGHT, make_ingest, make_street, usage
from tests.lighting.registry.towns import make_town
from tests.polling import eventually

SYSTEM = Caller.system("test")


class Street:
    """What the lines of the test are connected to."""

    def __init__(self) -> None:
        self.spools: dict[str, Spool] = {}
        self.opened: list[str] = []
        self.sent: list[UUID] = []
        self.broken: set[str] = set()

    @asynccontextmanager
    async def opening(self, network: FieldNetworkView, _: Surroundings) -> AsyncIterator[Line]:
        if network.name in self.broken:
            raise UnreachableError(f"nobody answers at {network.title}")
        self.opened.append(network.name)
        self.spools[network.name] = Spool()
        try:
            yield StreetLine(self, network.name)
        finally:
            del self.spools[network.name]


class StreetLine:
    def __init__(self, street: Street, name: str) -> None:
        self._street = street
        self._name = name

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        return self._street.spools[self._name].batches(max_count, max_wait)

    async def send(self, order: Order) -> None:
        if order.address == "deaf":
            raise UnreachableError("nobody answers")
        self._street.sent.append(order.delivery_id)


@pytest.fixture
def street() -> Street:
    return Street()


@asynccontextmanager
async def switchboard_of(database: Database, street: Street) -> AsyncIterator[Switchboard]:
    clock = FixedClock(NIGHT)
    board = Switchboard(
        *(database, clock, Surroundings(Settings(), clock.now, database, lambda _: True)),
        {"chirpstack": make_ingest()},
        {NetworkKind.CHIRPSTACK: street.opening},
        look_every_s=0.02,
    )
    running = asyncio.create_task(board.run())
    try:
        yield board
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def enter(database: Database, where: str) -> FieldNetworkView:
    async with database.session() as session:
        town = await make_town(session, where)
        new = NewNetwork(town, NetworkKind.CHIRPSTACK, where, f"réseau {where}", {})
        return await networks.create(session, SYSTEM, new, at=NIGHT)


async def change(database: Database, network: FieldNetworkView, state: NetworkState) -> None:
    async with database.session() as session:
        await networks.change(
            *(session, SYSTEM, network.id), title=None, state=state, settings=None, at=NIGHT
        )


async def line_of(
    database: Database, network: FieldNetworkView
) -> tuple[str, str, int, int] | None:
    async with database.session() as session:
        row = await session.execute(
            sa.text(
                "SELECT state, detail, frame_count, sent_count FROM field_network_line"
                " WHERE network_id = :id"
            ),
            {"id": network.id},
        )
        found = row.first()
        return tuple(found) if found else None


def order_to(network: FieldNetworkView, address: str = "a") -> Order:
    return Order(new_id(), 1, address, network.name, "nas/ul20xx", "g", 50, 0, NIGHT)


async def test_an_entered_network_is_listened_to_and_what_it_says_is_stored(
    database: Database, street: Street
) -> None:
    async with database.session() as session:
        await make_street(session, "70b3d50000000aaa")
    network = await enter(database, "ecoute")
    async with switchboard_of(database, street):
        await eventually(lambda: network.name in street.spools)
        frame: Frame = usage(address="70b3d50000000aaa")
        await asyncio.wait_for(street.spools[network.name].put_and_wait(frame), 10)
        async with database.session() as session:
            assert await session.scalar(sa.text("SELECT count(*) FROM reading")) == 1

        async def is_told() -> bool:
            return await line_of(database, network) == ("open", "", 1, 0)

        await eventually(is_told)


async def test_a_paused_network_is_let_go_and_taken_up_again(
    database: Database, street: Street
) -> None:
    network = await enter(database, "pause")
    async with switchboard_of(database, street) as board:
        await eventually(lambda: board.reaches(network.name))
        await change(database, network, NetworkState.PAUSED)
        await eventually(lambda: not board.reaches(network.name))
        await change(database, network, NetworkState.ACTIVE)
        await eventually(lambda: board.reaches(network.name))
    assert street.opened.count(network.name) == 2


async def test_a_line_that_fails_says_why_and_stops_no_other(
    database: Database, street: Street
) -> None:
    bad, good = await enter(database, "muet"), await enter(database, "bavard")
    street.broken.add(bad.name)
    async with switchboard_of(database, street) as board:
        await eventually(lambda: board.reaches(good.name))

        async def is_told() -> bool:
            told = await line_of(database, bad)
            return told is not None and told[:2] == ("failing", "nobody answers at réseau muet")

        await eventually(is_told)
        street.broken.clear()
        await eventually(lambda: board.reaches(bad.name))


async def test_orders_take_their_line_and_one_that_is_deaf_holds_back_none(
    database: Database, street: Street
) -> None:
    network = await enter(database, "ordres")
    async with switchboard_of(database, street) as board:
        await eventually(lambda: board.reaches(network.name))
        deaf, fine = order_to(network, "deaf"), order_to(network)
        nowhere = replace(fine, delivery_id=new_id(), network="chirpstack:nulle-part")
        board.send([deaf, nowhere, fine])
        await eventually(lambda: street.sent == [fine.delivery_id])

        async def is_told() -> bool:
            told = await line_of(database, network)
            return told is not None and told[3] == 1

        await eventually(is_told)


async def test_two_workers_never_hold_one_line(database: Database, street: Street) -> None:
    network = await enter(database, "seul")
    async with switchboard_of(database, street) as first:
        await eventually(lambda: first.reaches(network.name))
        async with switchboard_of(database, Street()) as second:
            await eventually(lambda: second.waits_for(network.name))
            assert not second.reaches(network.name)
    other = Street()
    async with switchboard_of(database, other) as third:
        await eventually(lambda: third.reaches(network.name))
    assert other.opened.count(network.name) == 1


async def test_frames_of_a_shared_line_are_counted_for_the_network_they_came_by(
    database: Database, street: Street
) -> None:
    network, quiet = await enter(database, "par-le-courtier"), await enter(database, "silence")
    _, _, where = network.name.partition(":")
    frame = structs.replace(usage(), topic=f"application/{where}/device/a/event/up")
    spool = Spool()
    clock = FixedClock(NIGHT)
    board = Switchboard(
        *(database, clock, Surroundings(Settings(), clock.now, database, lambda _: True), {}, {}),
        look_every_s=0.02,
    )
    board.share(NetworkKind.CHIRPSTACK, StreetLine(street, "shared"), lambda: False)
    await board.follow()
    await spool.put(frame)
    batches = board.counted(spool.batches(10, timedelta(seconds=1)), ChirpStack().name_of)
    assert [one.topic for one in (await anext(batches)).frames] == [frame.topic]
    await board.tell()
    cut = ("failing", "the broker cannot be reached")
    assert await line_of(database, network) == (*cut, 1, 0)
    assert await line_of(database, quiet) == (*cut, 0, 0)
    await board.close()
