"""The line to an application of The Things Stack 3, at its own MQTT server.

Its topics name devices by an identifier of the stack, not by DevEUI. The line learns it from what
the device says; until then it is the one the stack itself proposes, `eui-<DevEUI>`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from app.lines.model import Line, Surroundings
from app.lines.orders import words_of
from drivers.contract import Frame
from drivers.errors import DecodeError
from drivers.lorawan import the_things_stack as tts
from drivers.lorawan.the_things_stack_events import BODY_OF_TOPIC
from drivers.mqtt import MqttLink, MqttSettings, TlsSettings
from lighting.control.model import Order
from lighting.ingest.intake import Batch
from lighting.networks.kinds import TheThingsStackSettings
from lighting.networks.model import FieldNetworkView


class TheThingsStackLine:
    """One connection for uplinks and orders; the server keeps nothing while nobody listens."""

    def __init__(self, application: str, link: MqttLink) -> None:
        self._application = application
        self._link = link
        self._device_ids: dict[str, str] = {}
        self._known: set[str] = set()

    async def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        async for batch in self._link.batches(max_count, max_wait):
            self._learn(batch.frames)
            yield batch

    async def send(self, order: Order) -> None:
        words = words_of(order)
        device_id = self._device_ids.get(order.address, f"eui-{order.address}")
        asked = tts.downlink(
            *(self._application, device_id, words.port, words.payload, order.delivery_id),
            replaces_queue=True,
        )
        await self._link.publish(*asked)

    def _learn(self, frames: list[Frame]) -> None:
        """Each device is read once; what cannot be read is for the quarantine to tell."""
        for frame in frames:
            device_id = frame.topic.split("/", 4)[3:4]
            if not device_id or device_id[0] in self._known:
                continue
            try:
                said = tts.parse_message(frame.topic, frame.payload)
            except DecodeError:
                continue
            address = said.message.end_device_ids.dev_eui.lower()
            if address:
                self._device_ids[address] = device_id[0]
                self._known.add(device_id[0])


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
    )
    async with MqttLink(settings, around.now) as link:
        yield TheThingsStackLine(network.where, link)
