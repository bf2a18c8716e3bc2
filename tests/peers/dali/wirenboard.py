"""A WB-DALI gateway as its published register map says: three lines, a send queue and replies."""

import asyncio
from collections.abc import Mapping

from simulator.modbus.memory import Space, UnitMemory
from tests.peers.dali.gear import PeerLine

SLOTS, QUEUE, POINTER, REPLIES, MONITOR = 16, 1400, 1432, 1500, 1900
NOT_SENT, ANSWERED, NO_ANSWER, COLLISION, NO_POWER = range(5)


class WirenBoardPeer:
    """The gateway; frames take `frame_s` each on the line."""

    def __init__(self, lines: Mapping[int, PeerLine], frame_s: float = 0.0) -> None:
        self.lines = lines
        self.frame_s = frame_s
        self.unpowered: set[int] = set()
        self.memory = UnitMemory(on_write=self._written)
        self.priorities: list[int] = []
        self._heard = dict.fromkeys(range(3), 0)
        for channel in range(3):
            base = 1000 * channel
            self.memory.put(Space.HOLDING, base + QUEUE, [0] * (2 * SLOTS + 1))
            self.memory.put(Space.INPUT_REGISTERS, base + REPLIES, [0] * SLOTS)
            self.memory.put(Space.INPUT_REGISTERS, base + MONITOR, [0] * 16)

    def another_master_sends(self, channel: int, payload: bytes) -> None:
        """A frame of somebody else: the gear hears it, the monitor keeps it."""
        self.lines[channel].send(payload)
        self._heard[channel] += 1
        count = self._heard[channel]
        word = count << 48 | 8 * len(payload) << 32 | int.from_bytes(payload, "big")
        place = 1000 * channel + MONITOR + 4 * ((count - 1) % 4)
        low_first = [word >> 16 * n & 0xFFFF for n in range(4)]
        self.memory.put(Space.INPUT_REGISTERS, place, low_first)

    def _written(self, space: Space, address: int, values: list[int]) -> None:
        channel, place = (address - QUEUE) // 1000, (address - QUEUE) % 1000
        if place >= 2 * SLOTS:
            return  # the pointer
        first = place // 2
        words = [high << 16 | low for low, high in zip(values[::2], values[1::2], strict=True)]
        self._reply(channel, first, [NOT_SENT << 8] * len(words))
        loop = asyncio.get_running_loop()
        for n, word in enumerate(words):
            loop.call_later(n * self.frame_s, self._send, channel, first + n, word)

    def _send(self, channel: int, slot: int, word: int) -> None:
        self.priorities.append(word >> 29)
        if channel in self.unpowered:
            self._reply(channel, slot, [NO_POWER << 8])
            return
        line = self.lines.get(channel)
        payload = (word & 0xFFFF).to_bytes(2, "big")
        answer = None if line is None else line.send(payload, bool(word >> 28 & 1))
        if answer is None:
            self._reply(channel, slot, [NO_ANSWER << 8])
        else:
            self._reply(channel, slot, [COLLISION << 8 if answer < 0 else ANSWERED << 8 | answer])

    def _reply(self, channel: int, slot: int, replies: list[int]) -> None:
        self.memory.put(Space.INPUT_REGISTERS, 1000 * channel + REPLIES + slot, replies)
