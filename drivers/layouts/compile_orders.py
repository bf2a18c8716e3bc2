"""Turns the downlinks of a layout into the parts of a codec that write orders."""

from collections.abc import Mapping, Sequence

from drivers.layouts.model import (
    ByteOrder,
    Downlinks,
    LayoutError,
    OrderField,
    OutputOrders,
    Part,
    hexadecimal,
)
from drivers.layouts.numbers import FLOATS, WIDTHS
from drivers.layouts.orders import (
    CompiledPart,
    Dimmer,
    Meter,
    Order,
    Settings,
    Switch,
    number_part,
)


def order_parts(downlinks: Downlinks) -> list[object]:
    """A part for each ability the orders show."""
    orders = _OrderWriter(downlinks.port, downlinks.byte_order)
    parts: list[object] = []
    timed = orders.optional("set_level_for", downlinks.set_level_for)
    back = orders.optional("back_to_program", downlinks.back_to_program)
    by_hand = orders.optional("set_level", downlinks.set_level)
    if by_hand is not None:
        parts.append(Dimmer(by_hand, timed, back))
    elif timed or back:
        raise LayoutError("downlinks.set_level: missing, though its other forms are there")
    if downlinks.outputs or downlinks.all_outputs:
        _check_outputs(downlinks.outputs, downlinks.all_outputs)
        parts.append(Switch(downlinks.port, downlinks.outputs, downlinks.all_outputs))
    request = orders.optional("request_meter", downlinks.request_meter)
    if request is not None:
        parts.append(Meter(request))
    if downlinks.settings:
        settings = downlinks.settings.items()
        parts.append(
            Settings({name: orders.order(f"settings.{name}", said) for name, said in settings})
        )
    if not parts:
        raise LayoutError("downlinks: there is no order in it; write one, or leave downlinks out")
    return parts


# The values an order of an ability may name, and must.
_NAMED_VALUES: Mapping[str, frozenset[str]] = {
    "set_level": frozenset({"level_percent"}),
    "set_level_for": frozenset({"level_percent", "hold_minutes"}),
    "back_to_program": frozenset(),
    "request_meter": frozenset(),
}


class _OrderWriter:
    def __init__(self, port: int, order: ByteOrder) -> None:
        self._port = port
        self._order = order

    def optional(self, name: str, parts: Sequence[Part]) -> Order | None:
        return self.order(name, parts) if parts else None

    def order(self, name: str, parts: Sequence[Part]) -> Order:
        compiled = [self._part(f"downlinks.{name}[{at}]", part) for at, part in enumerate(parts)]
        names = frozenset(part.name for part in parts if isinstance(part, OrderField))
        if name in _NAMED_VALUES and names != _NAMED_VALUES[name]:
            wanted = ", ".join(sorted(_NAMED_VALUES[name])) or "no value"
            raise LayoutError(f"downlinks.{name}: its parts must name {wanted}")
        return Order(self._port, compiled, names)

    def _part(self, place: str, part: Part) -> CompiledPart:
        if isinstance(part, str):
            return hexadecimal(place, part)
        if part.type not in WIDTHS or part.type in FLOATS:
            raise LayoutError(f"{place}.type: an order has whole numbers, not {part.type}")
        if part.scale <= 0:
            raise LayoutError(f"{place}.scale: {part.scale:g} must be above 0")
        width = WIDTHS[part.type]
        for value in part.valid or ():
            if not width.low <= value / part.scale <= width.high:
                raise LayoutError(f"{place}.valid: {value:g} does not fit {part.type}")
        return number_part(part, self._order)


def _check_outputs(outputs: Mapping[str, OutputOrders], all_outputs: OutputOrders | None) -> None:
    named = {f"outputs.{name}": orders for name, orders in outputs.items()}
    if all_outputs is not None:
        named["all_outputs"] = all_outputs
    for name, orders in named.items():
        hexadecimal(f"downlinks.{name}.close", orders.close)
        hexadecimal(f"downlinks.{name}.open", orders.open)
