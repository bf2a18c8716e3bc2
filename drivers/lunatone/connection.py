"""One connection to the gateway, from its greeting to its end: a master for each line."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from drivers.dali import gear as asking
from drivers.dali.bus import Line
from drivers.dali.curve import Curve
from drivers.dali.frames import Forward
from drivers.dali.master import Master, SetLevel, TellGear, address_of
from drivers.dali.overheard import ordered_level, overheard
from drivers.dali.ports import Port
from drivers.dali.rounds import STANDARD_PACE, Pace
from drivers.errors import DecodeError, LinkError, UnreachableError
from drivers.lunatone.api import Device, Rest
from drivers.lunatone.bus import LineSocket
from drivers.lunatone.messages import (
    FrameAnswered,
    FrameSent,
    Greeting,
    Monitored,
    read_message,
)

log = logging.getLogger(__name__)

GREETING_TIMEOUT_S = 5.0
LINES_MAX = 4
# The monitor shows our own orders too: what goes to the same gear this soon after one is ours.
OWN_ORDER_S = 2.0

Tell: TypeAlias = Callable[[int, int, int, bytes], Awaitable[None]]
"""Hands on what was heard: line, short address, port, bytes."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How often gear is asked, and how long the gateway may take over one frame."""

    pace: Pace = STANDARD_PACE
    frame_timeout_s: float = 0.7


class Session:
    """The gateway while it is connected."""

    def __init__(
        self, socket: ClientConnection, lines: int, rest: Rest, tell: Tell, limits: SessionLimits
    ) -> None:
        self._socket = socket
        self._rest = rest
        self._tell = tell
        self._devices: dict[tuple[int, int], Device] = {}
        self._own_until_s: dict[tuple[int, str], float] = {}
        self._lines = [
            LineSocket(line, self._send_text, limits.frame_timeout_s) for line in range(lines)
        ]
        self.masters: Sequence[Master] = [
            Master(Line(carrier), self._teller(line), self._setter(line), limits.pace)
            for line, carrier in enumerate(self._lines)
        ]

    @classmethod
    async def begin(
        cls, socket: ClientConnection, rest: Rest, tell: Tell, limits: SessionLimits
    ) -> Self:
        """Wait for the greeting, which says how many lines there are."""
        async with asyncio.timeout(GREETING_TIMEOUT_S):
            while not isinstance(greeting := _understood(await socket.recv()), Greeting):
                continue
        lines = min(max(greeting.descriptor.lines, 1), LINES_MAX)
        return cls(socket, lines, rest, tell, limits)

    def master(self, line: int) -> Master:
        """Who asks and orders on a line; raises `UnreachableError`."""
        if line >= len(self.masters):
            raise UnreachableError(f"line {line} is none of 0 to {len(self.masters) - 1}")
        return self.masters[line]

    async def run(self) -> None:
        """Hear and ask until the connection ends."""
        tasks = [asyncio.create_task(self._hear())]
        try:
            await self._try_to_learn_devices()
            tasks += [asyncio.create_task(master.run()) for master in self.masters]
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()  # a mistake of ours is not swallowed
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def learn_devices(self) -> None:
        """Which gear the gateway knows by which identifier; raises `LinkError`."""
        found = await self._rest.devices()
        self._devices = {(one.line, one.address): one for one in found}

    async def _try_to_learn_devices(self) -> None:
        try:
            await self.learn_devices()
        except LinkError as error:
            log.warning("orders will go by frame: %s", error)

    async def _hear(self) -> None:
        try:
            async for text in self._socket:
                message = _understood(text)
                if isinstance(message, FrameSent | FrameAnswered):
                    if message.line < len(self._lines):
                        self._lines[message.line].hear(message)
                elif isinstance(message, Monitored):
                    await self._note_order(message)
        except ConnectionClosed as error:
            log.info("connection ended: %s", error)

    async def _note_order(self, heard: Monitored) -> None:
        """Tell an order to one gear that is not ours."""
        if heard.bits != 16 or heard.framing_error or len(heard.data) != 2:
            return
        frame = Forward(heard.data[0] & 0xFF, heard.data[1] & 0xFF)
        said = overheard(frame)
        if said is None or said.short_address is None or ordered_level(said) is None:
            return
        own_until_s = self._own_until_s.get((heard.line, said.target), 0)
        if asyncio.get_running_loop().time() > own_until_s:
            await self._tell(heard.line, said.short_address, Port.OVERHEARD, frame.payload)

    async def _send_text(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except ConnectionClosed as error:
            raise UnreachableError("the connection to the gateway has ended") from error

    def _teller(self, line: int) -> TellGear:
        async def tell_gear(address: int, port: int, payload: bytes) -> None:
            await self._tell(line, address, port, payload)

        return tell_gear

    def _setter(self, line: int) -> SetLevel:
        """Levels go by REST, so that the gateway itself knows them; by frame to gear it has not
        scanned."""

        async def set_level(target: str, percent: int, curve: Curve) -> None:
            to = address_of(target)
            until_s = asyncio.get_running_loop().time() + OWN_ORDER_S
            self._own_until_s[line, str(to)] = until_s
            if not target.isdecimal():
                await self._rest.set_many(line, target, percent)
            elif (device := self._devices.get((line, int(target)))) is not None:
                await self._rest.set_device(device, percent)
            else:
                await asking.set_level(self.masters[line].line, to, percent, curve)

        return set_level


def _understood(text: str | bytes) -> object:
    try:
        return read_message(text)
    except DecodeError as error:
        log.warning("%s", error)
        return None
