"""A town with a network of its own, columns without controllers, and people."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.hearing import build_ingests
from drivers.contract import Frame
from drivers.lorawan import nas
from drivers.lorawan.nas.driver import Ul20xx
from kit.access.model import Caller
from lighting.commissioning import discovery, self_test, service
from lighting.commissioning.model import Device, MatchedBy, NewCommissioning
from lighting.control import reconciliation, sending
from lighting.control import service as control
from lighting.control.model import Order
from lighting.control.sending import Address
from lighting.ingest.directory import Directory
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.registry.model import AssetState
from lighting.registry.service import LightPointView
from tests.lighting.faults.samples import NIGHT
from tests.lighting.ingest.field import uplink
from tests.lighting.registry.towns import caller, make_light, make_town

ADDRESS = "70b3d5499f000001"
OTHER_ADDRESS = "70b3d5499f000002"
# The application of the frames of tests/lighting/ingest/field.py.
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
NETWORK = f"chirpstack:{APPLICATION}"
SECOND = timedelta(seconds=1)


@dataclass
class Town:
    """What a test of commissioning works with; `hear` takes frames in as a worker does."""

    session: AsyncSession
    id: UUID
    people: Caller
    lights: list[LightPointView]
    directory: Directory = field(default_factory=Directory)

    def __post_init__(self) -> None:
        self.ingests = build_ingests(self.directory)

    async def hear(self, *frames: Frame, now: datetime = NIGHT) -> None:
        await self.ingests["chirpstack"].handle(self.session, frames, now)

    async def device(self, address: str = ADDRESS) -> Device:
        (found,) = await discovery.devices(self.session, self.people, q=address)
        return found

    async def commission(self, **changes: object) -> UUID:
        new: dict[str, Any] = {
            "light_point_id": self.lights[0].id,
            "matched_by": MatchedBy.SCAN,
            "discovered_device_id": (await self.device()).id
            if not changes.get("address")
            else None,
            **changes,
        }
        now = new.pop("now", NIGHT)
        row = await service.commission(self.session, self.people, NewCommissioning(**new), now=now)
        await self.session.flush()
        return row.id

    async def send(self, now: datetime) -> list[Order]:
        """A tick of control, then the orders that leave."""
        plan = await control.load_plan(self.session)
        await reconciliation.tick(self.session, plan, now)
        await self.directory.refresh(self.session)
        addresses = {
            key: Address(ref.address, ref.network, ref.profile)
            for key, ref in self.directory.by_key.items()
        }
        return list(await sending.hand_out(self.session, addresses, now, timedelta(minutes=1)))

    async def obey(self, now: datetime) -> None:
        """Orders leave, and every controller echoes its own."""
        for order in await self.send(now):
            await self.hear(echo(order, now + SECOND), now=now + SECOND)

    async def advance(self, now: datetime) -> None:
        await self_test.advance(self.session, now)
        await self.session.flush()


def echo(order: Order, at: datetime) -> Frame:
    """The echo of a level, on the port of commands."""
    sent = Ul20xx().set_level(order.level_percent)
    return uplink(nas.encode_echo_uplink(sent), at, order.address)


async def build_town(session: AsyncSession) -> Town:
    town_id = await make_town(session, "Dijon")
    people = caller(town_id)
    await networks.create(
        session,
        Caller.system(),
        NewNetwork(town_id, NetworkKind.CHIRPSTACK, APPLICATION, "Dijon", {}),
        at=NIGHT,
    )
    lights = [
        await make_light(
            session,
            people,
            town_id,
            f"D{number:03}",
            lat_deg=47.3200 + number * 0.0003,
            lon_deg=5.0400,
            state=AssetState.PLANNED if number == 2 else AssetState.IN_SERVICE,
        )
        for number in range(3)
    ]
    await session.flush()
    return Town(session, town_id, people, lights)


__all__ = ["ADDRESS", "NETWORK", "OTHER_ADDRESS", "Town", "build_town", "echo"]
