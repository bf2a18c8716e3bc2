"""Devices that report at fixed instants and take no orders, through the LoRaWAN server's broker."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from drivers.contract import PortFrame
from kit.log import get_logger
from simulator.city import City
from simulator.model import Lamp
from simulator.servers import SERVERS
from simulator.servers.model import HeardFrame
from simulator.sharing import SharedCity
from simulator.speaker import BrokerLogin

LOOK_EVERY_S = 1.0
# After a pause only the newest reports are told: the rest was said in vain.
REPORTS_AT_ONCE_MAX = 8
SNR_DB = 7.0

log = get_logger()


class Report(NamedTuple):
    """What one device sends."""

    device: Lamp
    frame: PortFrame


class Reporter(NamedTuple):
    """Devices that report together: how often, and what they say at an instant of the city."""

    every: timedelta
    reports: Callable[[City, datetime], Sequence[Report]]


class Reporters:
    """The voice of such devices."""

    def __init__(
        self, network: str, reporters: Sequence[Reporter], shared: SharedCity, login: BrokerLogin
    ) -> None:
        self.network = network
        self._reporters = reporters
        self._shared = shared
        self._login = login
        self._number = 0

    async def speak(self) -> None:
        """Report until cancelled."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"reporters-{uuid4()}")
        if self._login.username is not None:
            client.username_pw_set(self._login.username, self._login.password)
        client.connect_async(self._login.host, self._login.port)
        client.loop_start()
        try:
            await self._report(client)
        finally:
            client.disconnect()
            client.loop_stop()

    async def _report(self, client: mqtt.Client) -> None:
        with self._shared.alone() as city:
            told_at = city.at
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with self._shared.alone() as city:
                said = self._due(city, told_at)
                told_at = city.at
            for at, report in said:
                message = SERVERS[report.device.kind].uplink(report.device, self._heard(report, at))
                client.publish(message.topic, message.payload, qos=1)

    def _due(self, city: City, told_at: datetime) -> list[tuple[datetime, Report]]:
        """Reports of the instants in (told_at, now], in order of time."""
        due = [
            (at, report)
            for reporter in self._reporters
            for at in instants(reporter.every, told_at, city.at)[-REPORTS_AT_ONCE_MAX:]
            for report in reporter.reports(city, at)
        ]
        return sorted(due, key=lambda one: one[0])

    def _heard(self, report: Report, at: datetime) -> HeardFrame:
        self._number += 1
        return HeardFrame(
            report.frame.port, report.frame.payload, at, self._number, uuid4(), SNR_DB
        )


def instants(every: timedelta, since: datetime, until: datetime) -> list[datetime]:
    """The whole multiples of a period in (since, until]."""
    step_s = every.total_seconds()
    first, last = (int(at.timestamp() // step_s) for at in (since, until))
    return [
        datetime.fromtimestamp(number * step_s, until.tzinfo)
        for number in range(first + 1, last + 1)
    ]
