"""Simulated luminaire controllers on a street: they report on their own rhythm and obey orders.

The controller is a NAS UL20xx on class C LoRaWAN: usage on port 26, status on port 23, an echo for
every order it takes. Between it and the server lies the air, with its losses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np
import numpy.typing as npt

from drivers.contract import PortFrame
from drivers.lorawan.nas.uplinks import (
    GEAR_LAMP_FAILURE,
    GEAR_LAMP_ON,
    REASON_MANUAL,
    GearReport,
    encode_echo_uplink,
    encode_status_uplink,
    encode_usage_uplink,
)
from simulator.city import City, Snapshot
from simulator.model import TruthKind
from simulator.radio import Air, AirQuality
from simulator.servers import SERVERS
from simulator.servers.model import HeardFrame, Message, QueuedDownlink

COMMAND_PORT = 60
MANUAL, MANUAL_TIMED = 0x01, 0x09
RESUME = 0xFF
# What a controller does after "resume" without a program of its own: full light.
FALLBACK_LEVEL_PERCENT = 100
SNR_BEST_DB, SNR_SPREAD_DB = 9.0, 5.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often each controller reports."""

    usage_every: timedelta = timedelta(minutes=30)
    status_every: timedelta = timedelta(minutes=60)


class Street:
    """A city whose lamps on LoRaWAN speak. `tick` moves time and returns the messages that arrive;
    lamps on other networks live along, and are silent here."""

    def __init__(
        self,
        city: City,
        rhythm: Rhythm | None = None,
        air: AirQuality | None = None,
        seed: int = 1,
    ) -> None:
        rhythm = rhythm or Rhythm()
        self.city = city
        self._random = np.random.default_rng(seed)
        self._up: Air[Message] = Air(air or AirQuality(), seed + 1)
        self._down: Air[QueuedDownlink] = Air(air or AirQuality(), seed + 2)
        self._usage_every_s = rhythm.usage_every.total_seconds()
        self._status_every_s = rhythm.status_every.total_seconds()
        count = len(city.lamps)
        self._usage_due = self._first_due(count, self._usage_every_s)
        self._status_due = self._first_due(count, self._status_every_s)
        self._frames = np.zeros(count, dtype=np.int64)
        self._is_ours = np.array([lamp.kind in SERVERS for lamp in city.lamps], dtype=bool)
        self._snr_db = self._random.normal(SNR_BEST_DB, SNR_SPREAD_DB, count)

    def _first_due(self, count: int, every_s: float) -> npt.NDArray[np.float64]:
        return self.city.at.timestamp() + self._random.random(count) * every_s

    def receive(self, downlinks: Iterable[QueuedDownlink], at: datetime) -> None:
        """Orders that the network server was asked to send."""
        self._down.send(downlinks, at)

    def tick(self, to: datetime) -> list[tuple[datetime, Message]]:
        """Move to `to` and return what the server hears meanwhile, with instants of arrival."""
        orders = list(self._down.arrived(to))
        for at, downlink in orders:
            self.city.advance(max(at, self.city.at))
            self._obey(downlink)
        self.city.advance(to)
        self._report(to)
        return list(self._up.arrived(to))

    def _obey(self, downlink: QueuedDownlink) -> None:
        lamp = self.city.index.get(downlink.address)
        if (
            lamp is None
            or not self._is_ours[lamp]
            or self.city.is_faulty(TruthKind.COMMUNICATION_LOSS)[lamp]
        ):
            return
        at = self.city.at
        on = self.city.lamps[lamp]
        confirmation = SERVERS[on.kind].transmitted(
            on, downlink, at, number=int(self._frames[lamp])
        )
        self._up.send([confirmation], at)
        level = ordered_level(PortFrame(downlink.port, downlink.payload))
        if level is not None:
            self.city.order(lamp, level)
            echo = encode_echo_uplink(PortFrame(downlink.port, downlink.payload))
            self._up.send([self._message(lamp, echo, at)], at)

    def _report(self, at: datetime) -> None:
        shown = self.city.snapshot()
        now_s = at.timestamp()
        usage = self._due(self._usage_due, self._usage_every_s, now_s, shown)
        status = self._due(self._status_due, self._status_every_s, now_s, shown)
        self._up.send((self._message(i, usage_frame(shown, i), at) for i in usage), at)
        self._up.send((self._message(i, status_frame(shown, i), at) for i in status), at)

    def _due(
        self, due: npt.NDArray[np.float64], every_s: float, now_s: float, shown: Snapshot
    ) -> Sequence[int]:
        """Lamps whose report is due and heard; their next one is planned."""
        late = due <= now_s
        due[late] += np.ceil((now_s - due[late] + 1e-6) / every_s) * every_s
        return [int(i) for i in np.flatnonzero(late & shown.is_heard & self._is_ours)]

    def _message(self, lamp: int, frame: PortFrame, at: datetime) -> Message:
        number = int(self._frames[lamp])
        self._frames[lamp] += 1
        heard = HeardFrame(
            frame.port,
            frame.payload,
            at,
            number,
            UUID(bytes=self._random.bytes(16), version=4),
            float(self._snr_db[lamp]),
        )
        on = self.city.lamps[lamp]
        return SERVERS[on.kind].uplink(on, heard)


def usage_frame(shown: Snapshot, lamp: int) -> PortFrame:
    """What the internal meter says."""
    return encode_usage_uplink(
        active_energy_wh=int(shown.active_energy_wh[lamp]),
        active_power_w=round(float(shown.active_power_w[lamp])),
        power_factor=float(shown.power_factor[lamp]),
        supply_voltage_v=round(float(shown.supply_voltage_v[lamp])),
        burning_time_s=int(shown.burning_time_s[lamp]),
    )


def status_frame(shown: Snapshot, lamp: int) -> PortFrame:
    """The level held, why, and what the control gear says of its lamp."""
    level = int(shown.level_percent[lamp])
    lit = GEAR_LAMP_FAILURE if shown.is_dead[lamp] else GEAR_LAMP_ON
    return encode_status_uplink(
        shown.at,
        [GearReport(level, lit if level else 0, REASON_MANUAL)],
        temperature_c=round(float(shown.temperature_c[lamp])),
    )


def ordered_level(downlink: PortFrame) -> int | None:
    """The level a dimming order gives to the first gear it names; None for any other order."""
    if downlink.port != COMMAND_PORT or len(downlink.payload) < 3:
        return None
    if downlink.payload[0] not in (MANUAL, MANUAL_TIMED):
        return None
    level = downlink.payload[2]
    return FALLBACK_LEVEL_PERCENT if level == RESUME else level


def even_steps(start: datetime, end: datetime, step: timedelta) -> Iterable[datetime]:
    """Instants after `start` up to `end`, a step apart: how a scenario moves time."""
    count = int((end - start) / step)
    instants = [start + step * n for n in range(count + 1)]
    if instants[-1] < end:
        instants.append(end)
    return (later for _, later in pairwise(instants))
