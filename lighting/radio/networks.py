"""How networks send and devices listen: from the settings of networks, and from profiles."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from drivers.lorawan import eu868
from drivers.profiles.model import DeviceClass
from kit.access.model import Caller
from lighting.networks import service as networks
from lighting.radio.model import RadioSettings, Window

SYSTEM = Caller.system("radio")
DEFAULT = RadioSettings(eu868.RX2_FREQUENCY_HZ, eu868.RX2_DATA_RATE)


async def settings_by_network(
    session: AsyncSession, names: Collection[str]
) -> Mapping[str, RadioSettings]:
    """How each of these networks sends; one that is not entered sends as the region's default."""
    entered = {one.name: one.settings for one in await networks.networks(session, SYSTEM)}
    return {name: _settings(entered.get(name, {})) for name in names}


def _settings(said: Mapping[str, Any]) -> RadioSettings:
    return RadioSettings(
        said.get("rx2_frequency_hz", DEFAULT.rx2_frequency_hz),
        said.get("rx2_data_rate", DEFAULT.rx2_data_rate),
    )


def window_of(profile: str) -> Window:
    """When a model listens: as its profile says, class A where it says nothing."""
    try:
        lorawan = profiles.load(profile).lorawan
    except profiles.ProfileError:
        return Window.CLASS_A
    if lorawan is not None and lorawan.device_class is DeviceClass.C:
        return Window.CLASS_C
    return Window.CLASS_A
