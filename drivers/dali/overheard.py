"""Forward frames heard on the bus, in words: who orders what, as evidence for people."""

from typing import NamedTuple

from drivers.dali.frames import (
    LED_GEAR,
    QUERY_SCENE_LEVEL,
    SELECT_DIMMING_CURVE,
    Address,
    Forward,
    LedQuery,
    Order,
    OrderOf,
    Query,
    Special,
)

_COMMAND = 1
_LEVEL_OF_MASK = 0xFF


class Overheard(NamedTuple):
    """A frame in words: `name` as the standard calls it, the target, and its number if any."""

    name: str
    target: str
    parameter: int | None = None

    @property
    def short_address(self) -> int | None:
        """The gear it is for, when it is for one only."""
        kind, _, number = self.target.partition(" ")
        return int(number) if kind == "short" else None

    def __str__(self) -> str:
        if self.name == "DAPC":
            return f"DAPC {self.target} level {self.parameter}"
        words = (self.name, "" if self.parameter is None else str(self.parameter), self.target)
        return " ".join(word for word in words if word)


_SPOKEN = {
    Query.FADE_TIME_RATE: "FADE TIME/RATE",
    Query.MEMORY_LOCATION: "MEMORY LOCATION",
}
_NAMES: dict[int, str] = {
    **{one.value: one.name.replace("_", " ") for one in Order},
    **{
        one.value: f"QUERY {_SPOKEN.get(one, one.name.replace('_', ' '))}"
        for one in Query
        if one is not Query.MEMORY_LOCATION
    },
    Query.MEMORY_LOCATION: "READ MEMORY LOCATION",
}
_LED_NAMES: dict[int, str] = {
    **{one.value: f"QUERY {one.name.replace('_', ' ')}" for one in LedQuery},
    SELECT_DIMMING_CURVE: "SELECT DIMMING CURVE",
}
_NUMBERED = {
    **{one.value: one.name.replace("_", " ") for one in OrderOf},
    QUERY_SCENE_LEVEL: "QUERY SCENE LEVEL",
}
_SPECIALS = {one.value: one.name.replace("_", " ") for one in Special}
_WITHOUT_PARAMETER = (Special.TERMINATE, Special.RANDOMISE, Special.COMPARE)


def overheard(frame: Forward) -> Overheard | None:
    """What a frame says; None for a command this file does not know."""
    special = _SPECIALS.get(frame.first)
    if special is not None:
        parameter = None if frame.first in _WITHOUT_PARAMETER else frame.second
        return Overheard(special, "", parameter)
    target = str(Address(frame.first & ~_COMMAND))
    if not frame.first & _COMMAND:
        return Overheard("DAPC", target, frame.second)
    names = _LED_NAMES if frame.device_type == LED_GEAR else _NAMES
    name = names.get(frame.second)
    if name is not None:
        return Overheard(name, target)
    numbered = _NUMBERED.get(frame.second & 0xF0)
    if numbered is not None and frame.device_type == 0:
        return Overheard(numbered, target, frame.second & 0x0F)
    return None


def ordered_level(heard: Overheard) -> int | None:
    """The arc power level it asks for, None when it asks for none."""
    if heard.name == "DAPC" and heard.parameter != _LEVEL_OF_MASK:
        return heard.parameter
    return 0 if heard.name == "OFF" else None
