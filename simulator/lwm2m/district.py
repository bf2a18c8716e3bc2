"""A district of cellular lamps: each controller a device of its own, reporting at its rhythm."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from simulator.city import Snapshot
from simulator.lwm2m.device import (
    ACTIVE_ENERGY,
    ACTIVE_POWER,
    COMMAND,
    DIMMING_LEVEL,
    LAMP_FAILURE,
    OPERATING_HOURS,
    POWER_FACTOR,
    SUPPLY_VOLTAGE,
    Device,
    Values,
)
from simulator.sharing import SharedCity

REPORT_EVERY = timedelta(minutes=15)
LOOK_EVERY_S = 1.0
SECONDS_PER_HOUR = 3600.0


class CellularDistrict:
    """The lamps of one LwM2M network; `server` is where its server listens, `coap://host:port`."""

    def __init__(self, network: str, server: str, shared: SharedCity, seed: int) -> None:
        self.network = network
        self._server = server
        self._shared = shared
        self._random = np.random.default_rng(seed)
        self._shown: Snapshot = shared.look()

    async def speak(self) -> None:
        """Every device lives; each reports in its turn, as the city's time goes."""
        devices = {
            lamp: self._device(lamp, endpoint)
            for lamp, endpoint in self._shared.lamps_of(self.network)
        }
        async with asyncio.TaskGroup() as group:
            for device in devices.values():
                group.create_task(device.run())
            await self._report(devices)

    async def _report(self, devices: Mapping[int, Device]) -> None:
        every_s = REPORT_EVERY.total_seconds()
        start_s = self._shown.at.timestamp()
        due_s = {lamp: start_s + self._random.random() * every_s for lamp in devices}
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self._shown = self._shared.look()
            now_s = self._shown.at.timestamp()
            for lamp, device in devices.items():
                if due_s[lamp] <= now_s:
                    due_s[lamp] = now_s + every_s
                    if self._shown.is_heard[lamp]:
                        device.report()

    def _device(self, lamp: int, endpoint: str) -> Device:
        return Device(
            endpoint,
            self._server,
            lambda: self._lamp_values(lamp),
            lambda: self._meter_values(lamp),
            lambda level: self._take(lamp, level),
        )

    def _take(self, lamp: int, level_percent: int) -> bool:
        is_taken = self._shared.order(lamp, level_percent)
        self._shown = self._shared.look()
        return is_taken

    def _lamp_values(self, lamp: int) -> Values:
        shown = self._shown
        level = int(shown.level_percent[lamp])
        return {
            COMMAND: level,
            DIMMING_LEVEL: level,
            LAMP_FAILURE: bool(shown.is_dead[lamp]) and level > 0,
            OPERATING_HOURS: float(shown.burning_time_s[lamp]) / SECONDS_PER_HOUR,
        }

    def _meter_values(self, lamp: int) -> Values:
        shown = self._shown
        return {
            SUPPLY_VOLTAGE: round(float(shown.supply_voltage_v[lamp]), 1),
            ACTIVE_POWER: round(float(shown.active_power_w[lamp]), 1),
            POWER_FACTOR: round(float(shown.power_factor[lamp]), 2),
            ACTIVE_ENERGY: float(shown.active_energy_wh[lamp]),
        }
