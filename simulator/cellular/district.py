"""A district of cellular lamps without LwM2M: JSON reports to the broker, orders from it.

The format is the product's own profile `cellular/lamp-json`; a controller is named by its IMEI.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np

from drivers.mqtt import MqttLink, MqttSettings
from kit.log import get_logger
from simulator.city import Snapshot
from simulator.sharing import SharedCity
from simulator.speaker import BrokerLogin

log = get_logger()

REPORT_EVERY = timedelta(minutes=15)
LOOK_EVERY_S = 1.0
UP, DOWN = "lamps/{}/up", "lamps/+/down"
SNR_DB, RSSI_DBM = 8.0, -82.0
BATCH_MAX, BATCH_WAIT = 200, timedelta(milliseconds=100)


class ReportingDistrict:
    """The lamps of one network `mqtt:<name>`."""

    def __init__(self, network: str, broker: BrokerLogin, shared: SharedCity, seed: int) -> None:
        self.network = network
        self._broker = broker
        self._shared = shared
        self._random = np.random.default_rng(seed)
        self._numbers: dict[str, int] = {}

    async def speak(self) -> None:
        """Report and obey until cancelled."""
        settings = MqttSettings(
            host=self._broker.host,
            port=self._broker.port,
            client_id=f"simulated-{self.network.replace(':', '-')}",
            username=self._broker.username,
            password=self._broker.password,
            subscriptions=[DOWN],
        )
        async with MqttLink(settings) as link, asyncio.TaskGroup() as group:
            group.create_task(self._obey(link))
            group.create_task(self._report(link))

    async def _obey(self, link: MqttLink) -> None:
        async for batch in link.batches(BATCH_MAX, BATCH_WAIT):
            lamps = {address: lamp for lamp, address in self._shared.lamps_of(self.network)}
            for frame in batch.frames:
                address = frame.topic.split("/")[1]
                level = ordered_level(frame.payload)
                if level is None or address not in lamps:
                    log.warning("order not understood", topic=frame.topic)
                elif self._shared.order(lamps[address], level):
                    await self._say(link, lamps[address], address, self._shared.look(), level)
            batch.acknowledge()

    async def _report(self, link: MqttLink) -> None:
        lamps = self._shared.lamps_of(self.network)
        every_s = REPORT_EVERY.total_seconds()
        start_s = self._shared.look().at.timestamp()
        due_s = {lamp: start_s + self._random.random() * every_s for lamp, _ in lamps}
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            shown = self._shared.look()
            now_s = shown.at.timestamp()
            for lamp, address in lamps:
                if due_s[lamp] <= now_s:
                    due_s[lamp] = now_s + every_s
                    if shown.is_heard[lamp]:
                        await self._say(link, lamp, address, shown)

    async def _say(
        self,
        link: MqttLink,
        lamp: int,
        address: str,
        shown: Snapshot,
        ordered: int | None = None,
    ) -> None:
        number = self._numbers[address] = self._numbers.get(address, 0) + 1
        told = report(shown, lamp, address, number, ordered)
        await link.publish(UP.format(address), msgspec.json.encode(told))


def report(
    shown: Snapshot, lamp: int, address: str, number: int, ordered: int | None
) -> Mapping[str, Any]:
    """One report, in the units of the format: tenths of watts and volts, milliamperes."""
    volts, watts = float(shown.supply_voltage_v[lamp]), float(shown.active_power_w[lamp])
    factor = float(shown.power_factor[lamp])
    level = int(shown.level_percent[lamp])
    values: dict[str, Any] = {
        "level": level,
        "power": round(watts * 10),
        "energy": int(shown.active_energy_wh[lamp]),
        "voltage": round(volts * 10),
        "current": round(1000 * watts / volts / max(factor, 0.1)),
        "pf": round(factor * 100),
        "temp": round(float(shown.temperature_c[lamp])),
        "hours": int(shown.burning_time_s[lamp]) // 3600,
        "lamp_fault": int(bool(shown.is_dead[lamp]) and level > 0),
        "gear_fault": 0,
        "reason": "periodic" if ordered is None else "command",
    }
    if ordered is not None:
        values["command"] = ordered
    cell = {"rssi": round(RSSI_DBM * 10), "snr": round(SNR_DB * 10), "id": "20801-4711"}
    return {"message": {"imei": address, "num": number}, "cell": cell, "telemetry": [values]}


def ordered_level(payload: bytes) -> int | None:
    """The level an order names, None when it names none from 0 to 100."""
    try:
        level = msgspec.json.decode(payload, type=dict[str, Any]).get("command")
    except msgspec.MsgspecError:
        return None
    return level if isinstance(level, int) and 0 <= level <= 100 else None
