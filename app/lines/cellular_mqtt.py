"""The line to cellular controllers that publish to our broker, by what their profile says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from app.lines.chirpstack import link_settings
from app.lines.line import Line, Surroundings
from app.lines.of_link import LineOfLink
from drivers import profiles
from drivers.cellular.link import CellularLink
from drivers.mqtt import MqttLink
from lighting.networks.kinds import CellularMqttSettings
from lighting.networks.model import FieldNetworkView


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """What comes by the network's topics."""
    asked = CellularMqttSettings.model_validate(network.settings)
    ours = link_settings(around.settings)
    settings = replace(
        ours,
        client_id=f"{ours.client_id}-{network.where}",
        subscriptions=[asked.topic_filter],
        share_group=None,
    )
    codec = profiles.driver(asked.profile)
    async with MqttLink(settings, around.now) as broker:
        yield LineOfLink(CellularLink(broker, network.where, asked.profile, codec, around.now))
