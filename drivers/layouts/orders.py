"""Writes the orders a device takes, from their parts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from drivers.contract import PortFrame, Quantity
from drivers.errors import EncodeError
from drivers.layouts.model import ByteOrder, OrderField, OutputOrders
from drivers.layouts.numbers import WIDTHS, unscaling, write
from drivers.quantities import limits

CompiledPart = bytes | Callable[[Mapping[str, float | int]], bytes]


class Order:
    """One order: bytes that stay, and numbers that are filled in."""

    def __init__(self, port: int, parts: Sequence[CompiledPart], names: frozenset[str]) -> None:
        self._port = port
        self._parts = parts
        self._names = names

    def write(self, values: Mapping[str, float | int]) -> PortFrame:
        """The order with these values, all it names and no other; or `EncodeError`."""
        if unknown := sorted(values.keys() - self._names):
            raise EncodeError(f"{', '.join(unknown)}: the order has no such value")
        if missing := sorted(self._names - values.keys()):
            raise EncodeError(f"{', '.join(missing)}: missing in the order")
        written = (part if isinstance(part, bytes) else part(values) for part in self._parts)
        return PortFrame(self._port, b"".join(written))


def number_part(field: OrderField, order: ByteOrder) -> CompiledPart:
    """Writes one number; refuses what is outside its limits or does not fit its bytes."""
    to_raw = unscaling(field.scale)
    width = WIDTHS[field.type]
    low, high = field.valid or (width.low * field.scale, width.high * field.scale)

    def written(values: Mapping[str, float | int]) -> bytes:
        value = values[field.name]
        if not low <= value <= high:
            raise EncodeError(f"{field.name} {value:g} is outside {low:g}..{high:g}")
        return write(field.type, to_raw(value), order)

    return written


class Dimmer:
    """`Dims` for a layout: by hand, for a time, and back, as far as the device takes it."""

    def __init__(self, by_hand: Order, timed: Order | None, back: Order | None) -> None:
        self._by_hand = by_hand
        self._timed = timed
        self._back = back

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        if level_percent is None:
            if self._back is None or hold is not None:
                raise EncodeError("this device knows no order back to its program")
            return self._back.write({})
        low, high = limits(Quantity.LEVEL_PERCENT)
        if not low <= level_percent <= high:
            raise EncodeError(f"level {level_percent} is outside {low:g}..{high:g} %")
        if hold is None:
            return self._by_hand.write({"level_percent": level_percent})
        if self._timed is None:
            raise EncodeError("this device holds a level until the next order, not for a time")
        minutes, rest = divmod(hold, timedelta(minutes=1))
        if rest:
            raise EncodeError(f"a hold counts whole minutes, not {hold}")
        return self._timed.write({"level_percent": level_percent, "hold_minutes": minutes})


class Switch:
    """`SwitchesCircuit` for a layout."""

    def __init__(
        self, port: int, outputs: Mapping[str, OutputOrders], all_outputs: OutputOrders | None
    ) -> None:
        self._port = port
        self._outputs = outputs
        self._all = all_outputs

    def switch_output(self, is_on: bool, output: str = "") -> PortFrame:
        orders = self._outputs.get(output) if output else self._all
        if orders is None:
            known = ", ".join(self._outputs) or "one, without a name"
            raise EncodeError(f"output {output!r} does not exist; there are: {known}")
        return PortFrame(self._port, bytes.fromhex(orders.close if is_on else orders.open))


class Meter:
    """`ReadsMeter` for a layout."""

    def __init__(self, request: Order) -> None:
        self._request = request

    def request_meter(self) -> PortFrame:
        return self._request.write({})


class Settings:
    """`TakesSettings` for a layout."""

    def __init__(self, settings: Mapping[str, Order]) -> None:
        self._settings = settings

    def write_setting(self, setting: str, values: Mapping[str, float | int]) -> PortFrame:
        if setting not in self._settings:
            known = ", ".join(self._settings)
            raise EncodeError(f"setting {setting!r} does not exist; there are: {known}")
        return self._settings[setting].write(values)
