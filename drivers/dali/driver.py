"""Control gear behind the abilities every driver is used through."""

from datetime import datetime, timedelta

from drivers.contract import Decoded, PortFrame
from drivers.dali import meaning
from drivers.errors import EncodeError

ORDER_PORT = 1
PERCENT_MAX = 100


class ControlGear:
    """Gear reached through a gateway that carries DALI frames unchanged.

    An order is one byte, percent of light: the link knows the gear's dimming curve and writes the
    level. Gear has no clock and no program, so that nothing can be held or resumed.
    """

    uplink_ports = meaning.UPLINK_PORTS

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        return meaning.decode_uplink(port, payload, received_at)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        return PortFrame(ORDER_PORT, bytes([ordered_percent(level_percent, hold)]))


def ordered_percent(level_percent: int | None, hold: timedelta | None) -> int:
    """The percentage of an order that gear without program and clock can take."""
    if level_percent is None:
        raise EncodeError("control gear has no program to go back to; order a level")
    if hold is not None:
        raise EncodeError("control gear has no clock; order the next level when it is time")
    if not 0 <= level_percent <= PERCENT_MAX:
        raise EncodeError(f"level {level_percent} % is outside 0..{PERCENT_MAX} %")
    return level_percent
