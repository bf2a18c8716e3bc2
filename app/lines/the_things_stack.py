"""The line to an application of The Things Stack 3, at its own MQTT server.

Its topics name devices by an identifier of the stack, not by DevEUI. The line learns it from what
the device says, and keeps it; until then it is the one the stack itself proposes, `eui-<DevEUI>`.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from app.lines.line import Line, Surroundings
from app.lines.orders import words_of
from drivers.contract import Frame
from drivers.errors import DecodeError
from drivers.lorawan import the_things_stack as tts
from drivers.lorawan.the_things_stack_events import BODY_OF_TOPIC
from drivers.mqtt import MqttLink, MqttSettings, TlsSettings
from kit.db import Database
from lighting.control.model import Order
from lighting.ingest.intake import Batch
from lighting.networks import memory
from lighting.networks.kinds import TheThingsStackSettings
from lighting.networks.model import FieldNetworkView

NAMED = "device:"


class TheThingsStackLine:
    """One connection for uplinks and orders; the server keeps nothing while nobody listens."""

    def __init__(self, application: str, link: MqttLink, names: "DeviceNames") -> None:
        self._application = application
        self._link = link
        self._names = names

    async def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        async for batch in self._link.batches(max_count, max_wait):
            await self._names.learn(batch.frames)
            yield batch

    async def send(self, order: Order) -> None:
        words = words_of(order)
        device_id = self._names.of(order.address)
        asked = tts.downlink(
            *(self._application, device_id, words.port, words.payload, order.delivery_id),
            replaces_queue=True,
        )
        await self._link.publish(*asked)


class DeviceNames:
    """What the stack calls each device, by DevEUI; names that are not the proposed ones are kept
    in the database."""

    def __init__(self, database: Database, network_id: UUID) -> None:
        self._database = database
        self._network_id = network_id
        self._by_address: dict[str, str] = {}
        self._heard: set[str] = set()

    async def restore(self) -> None:
        """Take up what was learned before."""
        async with self._database.session() as session:
            kept = await memory.recall(session, self._network_id, NAMED)
        self._by_address = {key.removeprefix(NAMED): name for key, name in kept.items()}
        self._heard = set(self._by_address.values())

    def of(self, address: str) -> str:
        """The name to order a device by."""
        return self._by_address.get(address, proposed_name(address))

    async def learn(self, frames: Sequence[Frame]) -> None:
        """Each name is looked at once; what cannot be read is for the quarantine to tell."""
        fresh: dict[str, str] = {}
        for frame in frames:
            name = next(iter(frame.topic.split("/", 4)[3:4]), "")
            if not name or name in self._heard:
                continue
            try:
                said = tts.parse_message(frame.topic, frame.payload)
            except DecodeError:
                continue
            address = said.message.end_device_ids.dev_eui.lower()
            if address:
                self._heard.add(name)
                if name != self.of(address):
                    fresh[address] = name
        if fresh:
            self._by_address.update(fresh)
            async with self._database.session() as session:
                for address, name in fresh.items():
                    await memory.remember(session, self._network_id, NAMED + address, name)


def proposed_name(address: str) -> str:
    """What the stack calls a device unless somebody gives it another name."""
    return f"eui-{address}"


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """The line to the application that the network is named after."""
    asked = TheThingsStackSettings.model_validate(network.settings)
    settings = MqttSettings(
        host=asked.host,
        port=asked.port,
        client_id=f"{around.settings.mqtt.client_id}-{network.id.hex[-8:]}",
        # One by one: `#` would bring our own orders back.
        subscriptions=[f"v3/{network.where}/devices/+/{kind}" for kind in BODY_OF_TOPIC],
        username=network.where,
        password=around.secret(asked.secret),
        tls=TlsSettings() if asked.tls else None,
        publish_qos=0,  # all that the server knows: it would acknowledge nothing
    )
    names = DeviceNames(around.database, network.id)
    await names.restore()
    async with MqttLink(settings, around.now) as link:
        yield TheThingsStackLine(network.where, link, names)
