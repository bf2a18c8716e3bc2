"""Gateways that show each control gear as registers: where they are, when to read, how to order.

A controller's address ends in `<channel>/<short address>`; instead of a short address stands `g0`
to `g15` for a group, or `all`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from drivers.dali.master import ALL, GROUP_LETTER, address_of


class Place(NamedTuple):
    """The first of neighbouring registers, by channel and number of gear or group."""

    base: int
    per_channel: int
    per_number: int

    def of(self, channel: int, number: int = 0) -> int:
        """The register's address."""
        return self.base + self.per_channel * channel + self.per_number * number


class GearBlock(NamedTuple):
    """Registers of one gear that are read together; their codec knows them by `port`."""

    port: int
    place: Place
    words: int
    period_s: float


@dataclass(frozen=True, slots=True)
class GearMap:
    """A gateway's registers. The first block holds the state, and says whether there is gear."""

    channels: int
    blocks: Sequence[GearBlock]
    gear_level: Place
    group_level: Place
    all_level: Place
    raw_level: Callable[[int], int]
    """What is written for a percentage of light."""
    is_there: Callable[[Sequence[int]], bool]
    """Whether the registers of the first block are those of gear that exists."""
    refresh: Place | None = None
    """Written 1, it makes the gateway ask the gear; it reads 0 when that is done."""
    _by_port: Mapping[int, GearBlock] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_port", {block.port: block for block in self.blocks})

    def block(self, port: int) -> GearBlock:
        """The block of a port."""
        return self._by_port[port]

    def level_register(self, channel: int, target: str) -> int:
        """Where the level of `17`, `g3` or `all` is written; raises `UnreachableError`."""
        address_of(target)
        if target == ALL:
            return self.all_level.of(channel)
        if target.startswith(GROUP_LETTER):
            return self.group_level.of(channel, int(target.removeprefix(GROUP_LETTER)))
        return self.gear_level.of(channel, int(target))
