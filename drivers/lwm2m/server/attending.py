"""What we do for a device that is registered: read what it is, observe what it measures."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from aiocoap.numbers.codes import Code

from drivers.contract import PortFrame
from drivers.errors import LinkError, RefusedByDeviceError
from drivers.lwm2m.objects import CONNECTIVITY, DEVICE, LAMP_CONTROLLER
from drivers.lwm2m.paths import Path
from drivers.lwm2m.registrations import Registration
from drivers.lwm2m.resources import HEARD_OBJECTS
from drivers.lwm2m.server.carrying import accepted, answered, read
from drivers.lwm2m.server.exchange import Exchange
from drivers.lwm2m.server.observing import Observation

log = logging.getLogger(__name__)

# Of these objects the values are read when a device registers; the others are observed.
READ_ONCE = (DEVICE, CONNECTIVITY)

Heard = Callable[[Registration, PortFrame, Any], Awaitable[None]]
"""Stores what a device said; the last argument is the address it said it from."""


class Attendance:
    """The observations of every device."""

    def __init__(self, exchange: Exchange, heard: Heard, pmin: timedelta, pmax: timedelta) -> None:
        self._exchange = exchange
        self._heard = heard
        self._query = (f"pmin={round(pmin.total_seconds())}", f"pmax={round(pmax.total_seconds())}")
        self._observations: dict[str, dict[Path, Observation]] = {}
        self._under_way: dict[str, asyncio.Task[None] | None] = {}
        self._losses: set[str] = set()

    def is_attended(self, endpoint: str) -> bool:
        """Whether the device notifies us of all it took upon itself, or is being asked to."""
        if endpoint in self._under_way:
            return True
        return bool(self._observations.get(endpoint)) and endpoint not in self._losses

    async def attend(self, one: Registration, remote: Any) -> None:
        """Read and observe what the device has; what it refuses is left out."""
        former = self._under_way.get(one.endpoint)
        if former is not None:
            former.cancel()
        self.leave(one.endpoint)
        self._under_way[one.endpoint] = current = asyncio.current_task()
        observed = self._observations[one.endpoint] = {}
        try:
            for path in heard_paths(one):
                if path.object_id in READ_ONCE:
                    await self._read(one, remote, path)
                else:
                    await self._observe(one, remote, path, observed)
        except LinkError as error:  # it is heard again when it updates
            self._losses.add(one.endpoint)
            log.info("device not attended", extra={"endpoint": one.endpoint, "why": str(error)})
        finally:
            if self._under_way.get(one.endpoint) is current:
                del self._under_way[one.endpoint]

    async def _read(self, one: Registration, remote: Any, path: Path) -> None:
        try:
            frame = await read(self._exchange, remote, one, path)
        except RefusedByDeviceError as error:
            log.info("path not read", extra={"endpoint": one.endpoint, "why": str(error)})
            return
        await self._heard(one, frame, remote)

    async def _observe(
        self, one: Registration, remote: Any, path: Path, observed: dict[Path, Observation]
    ) -> None:
        try:  # how often to notify; a device that does not take it decides by itself
            await self._exchange.ask(remote, Code.PUT, path, query=self._query)
        except RefusedByDeviceError as error:
            log.info("attributes refused", extra={"endpoint": one.endpoint, "why": str(error)})

        async def sink(message: Any) -> None:
            block = message.opt.block2
            if block is not None and block.more:
                frame = await read(self._exchange, message.remote, one, path)
            else:
                frame = answered(path, message)
            await self._heard(one, frame, message.remote)

        def ended(observation: Observation) -> None:
            if observed.get(path) is observation:
                del observed[path]
                if observation.was_heard:
                    self._losses.add(one.endpoint)

        observation = observed[path] = Observation(self._exchange, path, sink, ended)
        observation.start(remote, accepted(one))

    def leave(self, endpoint: str) -> None:
        """Listen no more to a device's notifications."""
        self._losses.discard(endpoint)
        for observation in self._observations.pop(endpoint, {}).values():
            observation.stop()

    def leave_all(self) -> None:
        """Listen to nobody any more."""
        for endpoint in list(self._observations):
            self.leave(endpoint)


def heard_paths(one: Registration) -> Sequence[Path]:
    """The object instances of a device that say something, the lamp's first."""
    paths = [
        path if path.depth > 1 else Path(path.object_id, 0)
        for path in one.objects
        if path.object_id in HEARD_OBJECTS
    ]
    return sorted(set(paths), key=lambda path: (path.object_id != LAMP_CONTROLLER, path))
