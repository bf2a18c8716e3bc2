"""A gateway that shows gear as registers, on its Modbus bus: read in rounds, ordered and proven."""

import asyncio
import logging
from collections.abc import Mapping

from drivers.contract import Found, PortFrame
from drivers.dali.bus import Watch
from drivers.dali.frames import SHORT_ADDRESS_MAX
from drivers.dali.gateways.registers.gear_map import GearBlock, GearMap
from drivers.dali.master import ALL
from drivers.dali.ports import UNKNOWN, Port
from drivers.dali.rounds import SILENT_POLLS_MAX, STANDARD_PACE, Pace, Task
from drivers.errors import RefusedByDeviceError, UnreachableError
from drivers.modbus import Function, Priority, Read, Tell, UnitBus, Write, words_of

log = logging.getLogger(__name__)

# How often, and with which pause, the gateway is asked whether it has read a gear anew: two
# questions on the line take a tenth of a second, and other gear may be before it.
REFRESH_READS_MAX = 20
REFRESH_PAUSE_S = 0.05
_GEAR_PER_CHANNEL = SHORT_ADDRESS_MAX + 1


class RegisterGateway:
    """The gateway as a unit of its bus."""

    def __init__(self, registers: GearMap, pace: Pace = STANDARD_PACE) -> None:
        self._map = registers
        self._pace = pace
        self._session: _Session | None = None

    async def run(self, bus: UnitBus, tell: Tell) -> None:
        """Find gear and read it in rounds, until cancelled."""
        self._session = _Session(self._map, self._pace, bus, tell)
        await self._session.watch.run()

    async def send(self, bus: UnitBus, rest: str, order: PortFrame) -> None:
        """Write an order to `<channel>/<target>`, and read one gear back at once.

        Raises `LinkError`.
        """
        channel, _, target = rest.partition("/")
        if not channel.isdecimal() or int(channel) >= self._map.channels:
            raise UnreachableError(f"channel {channel!r} is none of 0 to {self._map.channels - 1}")
        await self._running().order(int(channel), target, order.payload[0])

    async def scan(self) -> list[Found]:
        """The gear the gateway shows; addresses are `<channel>/<short address>`."""
        session = self._running()
        await session.watch.find()
        return [
            Found(_rest(key), {"short_address": key % _GEAR_PER_CHANNEL}) for key in session.found
        ]

    def _running(self) -> "_Session":
        if self._session is None:
            raise UnreachableError("the gateway was not spoken to yet")
        return self._session


class _Session:
    """The gateway while its bus is there. Gear is numbered through all channels: its key."""

    def __init__(self, registers: GearMap, pace: Pace, bus: UnitBus, tell: Tell) -> None:
        self._map = registers
        self._bus = bus
        self._tell = tell
        self._ordered: dict[int, int] = {}
        self._unproven: set[int] = set()
        self.found: list[int] = []
        self.watch = Watch(self._find, self._do, pace)

    async def order(self, channel: int, target: str, percent: int) -> None:
        """Write a level and see that it is obeyed; raises `LinkError`."""
        register = self._map.level_register(channel, target)
        words = (self._map.raw_level(percent),)
        keys = self._keys(channel, target)
        self._ordered |= dict.fromkeys(keys, percent)
        await self._bus.write(Write(Function.WRITE_REGISTER, register, words))
        if target.isdecimal():
            await self._prove(keys[0])
        else:
            self._unproven.update(keys)
            self.watch.hurry(keys)

    async def _find(self) -> Mapping[int, Mapping[int, float]]:
        keys = range(self._map.channels * _GEAR_PER_CHANNEL)
        self.found = [key for key in keys if await self._is_there(key)]
        periods = {block.port: block.period_s for block in self._map.blocks}
        return dict.fromkeys(self.found, periods)

    async def _is_there(self, key: int) -> bool:
        try:
            return self._map.is_there(words_of(await self._read(key, self._map.blocks[0])))
        except RefusedByDeviceError:
            return False

    async def _do(self, task: Task) -> None:
        block = self._map.block(task.port)
        try:
            if block is self._map.blocks[0]:
                await self._tell_state(task.address)
            elif not self.watch.rounds.is_silent(task.address):
                payload = await self._read(task.address, block)
                await self._tell(_rest(task.address), block.port, payload)
        except RefusedByDeviceError as error:
            log.debug("block %d: %s", block.port, error)  # a model without these registers

    async def _tell_state(self, key: int) -> None:
        if not await self._is_refreshed(key, Priority.POLL):
            if self.watch.rounds.note_silence(key):
                await self._tell(_rest(key), Port.SILENCE, bytes([SILENT_POLLS_MAX]))
            return
        self.watch.rounds.note_answer(key)
        payload = await self._read(key, self._map.blocks[0])
        port = Port.ORDER_TAKEN if key in self._unproven else Port.STATE
        self._unproven.discard(key)
        await self._tell(_rest(key), port, bytes([self._ordered.get(key, UNKNOWN)]) + payload)

    async def _prove(self, key: int) -> None:
        is_fresh = await self._is_refreshed(key, Priority.COMMAND)
        payload = await self._read(key, self._map.blocks[0], Priority.COMMAND)
        if not is_fresh or not self._map.is_there(words_of(payload)):
            raise UnreachableError(f"control gear {_rest(key)} does not answer the gateway")
        await self._tell(_rest(key), Port.ORDER_TAKEN, bytes([self._ordered[key]]) + payload)

    async def _is_refreshed(self, key: int, priority: Priority) -> bool:
        """Whether the gateway shows what the gear answers now."""
        if self._map.refresh is None:
            return True
        register = self._map.refresh.of(*divmod(key, _GEAR_PER_CHANNEL))
        await self._bus.write(Write(Function.WRITE_REGISTER, register, (1,)), priority)
        read = Read(Function.READ_HOLDING_REGISTERS, register, 1)
        for _ in range(REFRESH_READS_MAX):
            if not any(await self._bus.read(read, priority)):
                return True
            await asyncio.sleep(REFRESH_PAUSE_S)
        return False

    async def _read(self, key: int, block: GearBlock, priority: Priority = Priority.POLL) -> bytes:
        start = block.place.of(*divmod(key, _GEAR_PER_CHANNEL))
        return await self._bus.read(
            Read(Function.READ_HOLDING_REGISTERS, start, block.words), priority
        )

    def _keys(self, channel: int, target: str) -> list[int]:
        """Gear an order is known to concern: who is in a group the gateway does not say."""
        first = channel * _GEAR_PER_CHANNEL
        if target.isdecimal():
            return [first + int(target)]
        if target == ALL:
            return [key for key in self.found if key // _GEAR_PER_CHANNEL == channel]
        return []


def _rest(key: int) -> str:
    """The end of the address of the gear with this key."""
    channel, number = divmod(key, _GEAR_PER_CHANNEL)
    return f"{channel}/{number}"
