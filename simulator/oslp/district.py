"""A district of lamps on 2.5G. Each device has a loopback address of its own, as OSLP's platform
knows devices by where they come from and all of them listen on one port."""

import asyncio
from dataclasses import dataclass

from drivers.oslp.envelope import PublicKey
from simulator.oslp.device import OslpDevice, Place, Shown, key_of
from simulator.sharing import SharedCity


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the platform listens, on which port devices do, and the key it signs with."""

    host: str
    port: int
    device_port: int
    key: PublicKey


class OslpDistrict:
    """The lamps of one network `oslp:<name>`."""

    def __init__(self, network: str, platform: Platform, shared: SharedCity, seed: int) -> None:
        self.network = network
        self._platform = platform
        self._shared = shared
        self._seed = seed

    async def speak(self) -> None:
        """Every device lives until cancelled."""
        async with asyncio.TaskGroup() as group:
            for rank, (lamp, device_id) in enumerate(self._shared.lamps_of(self.network)):
                group.create_task(self._device(rank, lamp, device_id).run())

    def _device(self, rank: int, lamp: int, device_id: str) -> OslpDevice:
        platform = self._platform
        return OslpDevice(
            device_id,
            key_of(device_id, self._seed),
            platform.key,
            Place(loopback(rank), platform.device_port, platform.host, platform.port),
            lambda: self._look(lamp),
            lambda level: self._shared.order(lamp, level),
        )

    def _look(self, lamp: int) -> Shown | None:
        shown = self._shared.look()
        if not shown.is_heard[lamp]:
            return None
        return Shown(
            shown.at,
            int(shown.level_percent[lamp]),
            round(float(shown.active_power_w[lamp])),
            int(shown.active_energy_wh[lamp]),
            int(shown.burning_time_s[lamp]),
        )


def loopback(rank: int) -> str:
    """The address of a device by its rank: 127.0.1.1 and on."""
    block, number = divmod(rank, 250)
    return f"127.0.{1 + block}.{1 + number}"
