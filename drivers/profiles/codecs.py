"""The kinds of codec a profile may name: `codec: {<kind>: …}`, one of `KINDS`.

A kind is what its part of the profile looks like (a msgspec type) and how that becomes code. A
new way to say how a device speaks is one more line here and a folder of its own; profiles, loader
and tests take it from there.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from drivers.contract import Listens
from drivers.modbus.registers import RegisterMapSpec, register_map
from drivers.profiles.drivers import named_driver


class Kind(NamedTuple):
    """One way to say how a device speaks.

    `shape` is the msgspec type its YAML is converted to; `build` makes the codec of a converted
    value and raises `ValueError`, whose text begins with the field, when that cannot be done.
    """

    shape: Any
    build: Callable[[Any], Listens]


KINDS: Mapping[str, Kind] = {
    "driver": Kind(str, named_driver),
    "registers": Kind(RegisterMapSpec, register_map),
}
"""By the word that stands under `codec` in a profile."""
