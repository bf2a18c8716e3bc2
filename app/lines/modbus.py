"""The line to a Modbus gateway: its units are those of the network's settings, by profile."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from app.lines.line import Line, Surroundings
from app.lines.of_link import LineOfLink
from drivers import profiles
from drivers.modbus import LinkSettings, ModbusLink, SerialLine, StandsOnBus, TcpEndpoint, Unit
from lighting.networks.kinds import ModbusSettings, settings_of
from lighting.networks.model import FieldNetworkView


class WrongUnitError(ValueError):
    """A unit's profile is of no device that is polled over Modbus."""


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """The line to one gateway; its units are polled as soon as it answers."""
    settings = settings_of(network.kind, network.settings)
    assert isinstance(settings, ModbusSettings)
    endpoint = (
        SerialLine(settings.device, settings.baudrate, settings.parity)
        if settings.device is not None
        else TcpEndpoint(settings.host or "", settings.port)
    )
    link = ModbusLink(LinkSettings(network.where, endpoint), units_of(settings), around.now)
    async with link:
        yield LineOfLink(link)


def units_of(settings: ModbusSettings) -> Mapping[int, Unit]:
    """The devices on the bus, by unit identifier; `WrongUnitError` for a profile that is none."""
    units: dict[int, Unit] = {}
    for each in settings.units:
        codec = profiles.driver(each.profile)
        if not isinstance(codec, StandsOnBus):
            raise WrongUnitError(f"unit {each.unit}: {each.profile} is not polled over Modbus")
        units[each.unit] = codec.unit()
    return units
