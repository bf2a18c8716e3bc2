"""The line to a Lunatone DALI-2 IoT gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.lines.line import Line, Surroundings
from app.lines.of_link import LineOfLink
from drivers.lunatone import LinkSettings, LunatoneLink
from lighting.networks.kinds import LunatoneSettings, settings_of
from lighting.networks.model import FieldNetworkView


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """The line to one gateway; its gear is found and asked as soon as it answers."""
    settings = settings_of(network.kind, network.settings)
    assert isinstance(settings, LunatoneSettings)
    async with LunatoneLink(LinkSettings(network.where, settings.url), around.now) as link:
        yield LineOfLink(link)
