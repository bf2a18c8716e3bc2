"""ECOdim DALI GW2 as its register map says: five registers for each gear, group and the whole."""

from simulator.modbus.memory import Space, UnitMemory
from tests.peers.dali.gear import PeerLine

BROADCAST, GROUPS, GEAR = 1000, 2000, 3000


class EcodimPeer:
    """The gateway; what it shows follows the gear at once."""

    def __init__(self, line: PeerLine) -> None:
        self.line = line
        self.memory = UnitMemory(on_write=self._written)
        for base, count in ((BROADCAST, 1), (GROUPS, 16), (GEAR, 64)):
            self.memory.put(Space.HOLDING, base, [0] * 5 * count)
        self.show()

    def show(self) -> None:
        """Ask all gear again."""
        for address in range(64):
            status = self.line.send(bytes([address << 1 | 1, 0x90]))
            level = self.line.send(bytes([address << 1 | 1, 0xA0]))
            shown = [level or 0, 0, int(status is not None), status or 0]
            self.memory.put(Space.HOLDING, GEAR + 5 * address, shown)

    def _written(self, space: Space, register: int, values: list[int]) -> None:
        if register >= GEAR:
            first = (register - GEAR) // 5 << 1
        elif register >= GROUPS:
            first = 0x80 | (register - GROUPS) // 5 << 1
        else:
            first = 0xFE
        self.line.send(bytes([first, values[0]]))
        self.show()
