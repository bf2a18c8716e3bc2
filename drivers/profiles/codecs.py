"""The kinds of codec a profile may name: `codec: {<kind>: …}`, one of `KINDS`.

A kind is what its part of the profile looks like (a msgspec type) and how that becomes code. A
new way to say how a device speaks is one more line here and a folder of its own; profiles, loader
and tests take it from there.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from drivers.cellular import codec as cellular
from drivers.cellular.spec import JsonSpec
from drivers.layouts import Layout, Library, Record, compile_layout
from drivers.modbus.registers import RegisterMapSpec, register_map
from drivers.profiles import files
from drivers.profiles.drivers import named_driver
from drivers.profiles.readers import READERS


class Kind(NamedTuple):
    """One way to say how a device speaks.

    `shape` is the msgspec type its YAML is converted to; `build` makes the codec of a converted
    value and raises `ValueError`, whose text begins with the field, when that cannot be done. What
    the codec can do is seen by the protocols it fulfils.
    """

    shape: Any
    build: Callable[[Any], object]


def _layout(layout: Layout) -> object:
    return compile_layout(layout, Library(_records, READERS))


def _records(name: str) -> Sequence[Record]:
    """Shared records, from `<name>.records.yaml`."""
    records = files.read_beside(name, files.RECORDS, list[Record])
    if records is None:
        raise ValueError(f"uplinks.shared: there is no file {name}{files.RECORDS}.yaml")
    return records


KINDS: Mapping[str, Kind] = {
    "driver": Kind(str, named_driver),
    "json": Kind(JsonSpec, cellular.build),
    "layout": Kind(Layout, _layout),
    "registers": Kind(RegisterMapSpec, register_map),
}
"""By the word that stands under `codec` in a profile."""
