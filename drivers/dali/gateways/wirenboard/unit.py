"""Wiren Board WB-DALI: three DALI lines behind one Modbus unit, frames carried unchanged.

A controller's address ends in `<channel>/<short address>`, channels counted from 0; instead of a
short address stands `g0` to `g15` for a group, or `all`.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from drivers.contract import Found, PortFrame
from drivers.dali.bus import Line
from drivers.dali.frames import Forward, with_enabling
from drivers.dali.gateways.wirenboard.words import (
    CHANNEL_OFFSET,
    CHANNELS,
    MONITOR,
    MONITOR_SLOTS,
    MONITOR_WORDS,
    REPLIES,
    SEND_POINTER,
    SEND_SLOTS,
    SLOTS,
    HeardFrame,
    SendSlot,
    answer_of,
    is_pending,
)
from drivers.dali.line import Answer, Priority, answers_to, frame_priority
from drivers.dali.master import Master, TellGear
from drivers.dali.overheard import ordered_level, overheard
from drivers.dali.ports import Port
from drivers.dali.rounds import STANDARD_PACE, Pace
from drivers.errors import LinkError, UnreachableError
from drivers.modbus import Function, Read, Tell, UnitBus, Write, words_of
from drivers.modbus import Priority as BusPriority

# A frame and its answer take 45 ms at most; the queue is given twice that, and a margin.
SEND_TIMEOUT_PER_FRAME = timedelta(milliseconds=90)
SEND_TIMEOUT_MARGIN = timedelta(milliseconds=300)
REPLY_PAUSE_S = 0.02
LISTEN_EVERY_S = 5.0
COUNTER_MODULO = 1 << 16


class Channel:
    """Carries frames to one line: a queue of 16 slots written, their replies read."""

    def __init__(self, bus: UnitBus, channel: int) -> None:
        self._bus = bus
        self._base = channel * CHANNEL_OFFSET
        self._next_slot: int | None = None  # unknown until the pointer was set

    async def exchange(self, frames: Sequence[Forward], priority: Priority) -> list[Answer]:
        """One answer a frame; raises `LinkError`."""
        whole = with_enabling(list(frames))
        answers: list[Answer] = []
        try:
            while len(answers) < len(whole):
                first = self._next_slot if self._next_slot is not None else await self._reset()
                part = whole[len(answers) : len(answers) + SLOTS - first]
                answers += await self._send(part, first, priority, is_first=not answers)
        except LinkError:
            self._next_slot = None
            raise
        return answers_to(frames, whole, answers)

    async def listen(self) -> list[HeardFrame]:
        """The frames of others the gateway remembers, in no order."""
        count = MONITOR_SLOTS * MONITOR_WORDS
        read = Read(Function.READ_INPUT_REGISTERS, self._base + MONITOR, count)
        words = words_of(await self._bus.read(read))
        return [
            HeardFrame.decode(sum(word << 16 * n for n, word in enumerate(words[at : at + 4])))
            for at in range(0, count, MONITOR_WORDS)
        ]

    async def _reset(self) -> int:
        """Begin at the first slot."""
        await self._bus.write(Write(Function.WRITE_REGISTER, self._base + SEND_POINTER, (0,)))
        self._next_slot = 0
        return 0

    async def _send(
        self, frames: Sequence[Forward], first: int, priority: Priority, *, is_first: bool
    ) -> list[Answer]:
        words: list[int] = []
        for place, frame in enumerate(frames):
            sent_at = frame_priority(priority, is_first=is_first and place == 0)
            words += SendSlot.of(frame, sent_at).encode()
        start = self._base + SEND_SLOTS + 2 * first
        urgency = BusPriority(priority)
        await self._bus.write(Write(Function.WRITE_REGISTERS, start, tuple(words)), urgency)
        self._next_slot = (first + len(frames)) % SLOTS
        return [answer_of(reply) for reply in await self._replies(first, len(frames), urgency)]

    async def _replies(self, first: int, count: int, priority: BusPriority) -> tuple[int, ...]:
        """The replies of these slots, once the last was sent."""
        read = Read(Function.READ_INPUT_REGISTERS, self._base + REPLIES + first, count)
        loop = asyncio.get_running_loop()
        patience = SEND_TIMEOUT_MARGIN + count * SEND_TIMEOUT_PER_FRAME
        until_s = loop.time() + patience.total_seconds()
        while True:
            replies = words_of(await self._bus.read(read, priority))
            if not any(map(is_pending, replies)):
                return replies
            if loop.time() > until_s:
                raise UnreachableError(f"the gateway did not send {count} frame(s) in time")
            await asyncio.sleep(REPLY_PAUSE_S)


class WirenBoardUnit:
    """The gateway: a master for each of its lines."""

    def __init__(self, pace: Pace = STANDARD_PACE, listen_every_s: float = LISTEN_EVERY_S) -> None:
        self._pace = pace
        self._listen_every_s = listen_every_s
        self._masters: list[Master] = []

    async def run(self, bus: UnitBus, tell: Tell) -> None:
        """Run the three lines and listen to what others order there, until cancelled."""
        channels = [Channel(bus, number) for number in range(CHANNELS)]
        self._masters = [
            Master(Line(channel), _teller(tell, number), pace=self._pace)
            for number, channel in enumerate(channels)
        ]
        async with asyncio.TaskGroup() as together:
            for number, master in enumerate(self._masters):
                together.create_task(master.run())
                together.create_task(self._keep_listening(number, channels[number], tell))

    async def send(self, bus: UnitBus, rest: str, order: PortFrame) -> None:
        """Carry an order to `<channel>/<target>`; raises `LinkError`."""
        channel, _, target = rest.partition("/")
        await self._master(channel).order(target, order.payload[0])

    async def scan(self) -> list[Found]:
        """All gear on the three lines; addresses are `<channel>/<short address>`."""
        return [
            Found(f"{number}/{found.address}", found.evidence)
            for number, master in enumerate(self._masters)
            for found in await master.scan()
        ]

    def _master(self, channel: str) -> Master:
        if not channel.isdecimal() or int(channel) >= CHANNELS:
            raise UnreachableError(f"channel {channel!r} is none of 0 to {CHANNELS - 1}")
        if not self._masters:
            raise UnreachableError("the gateway was not spoken to yet")
        return self._masters[int(channel)]

    async def _keep_listening(self, number: int, channel: Channel, tell: Tell) -> None:
        """Tell orders of others to single gear; four at most are remembered between two looks."""
        seen: int | None = None
        while True:
            try:
                heard = await channel.listen()
            except LinkError:
                heard = []
            for one in newer_than(seen, heard):
                await _tell_order(one, number, tell)
                seen = one.counter
            if seen is None:  # what was there before we came is of no interest
                seen = max((one.counter for one in heard), default=None)
            await asyncio.sleep(self._listen_every_s)


def newer_than(seen: int | None, heard: Sequence[HeardFrame]) -> list[HeardFrame]:
    """The frames counted after `seen`, oldest first; the counter has 16 bits and wraps."""
    if seen is None:
        return []
    ahead = {(one.counter - seen) % COUNTER_MODULO: one for one in heard}
    return [ahead[by] for by in sorted(ahead) if 0 < by < COUNTER_MODULO // 2]


async def _tell_order(heard: HeardFrame, channel: int, tell: Tell) -> None:
    frame = heard.forward
    said = None if frame is None else overheard(frame)
    if frame is None or said is None or said.short_address is None:
        return
    if ordered_level(said) is not None:
        await tell(f"{channel}/{said.short_address}", Port.OVERHEARD, frame.payload)


def _teller(tell: Tell, channel: int) -> TellGear:
    async def tell_gear(address: int, port: int, payload: bytes) -> None:
        await tell(f"{channel}/{address}", port, payload)

    return tell_gear
