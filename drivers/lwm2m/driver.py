"""Outdoor lamp controllers with uCIFI objects behind the abilities every driver is used through."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from drivers.contract import Decoded, PortFrame
from drivers.errors import EncodeError
from drivers.lwm2m import content, meaning
from drivers.lwm2m.content import Format
from drivers.lwm2m.meaning import LEVEL_PERCENT_MAX
from drivers.lwm2m.objects import ELECTRICAL_MONITOR, LAMP_CONTROLLER
from drivers.lwm2m.packet import Kind, pack
from drivers.lwm2m.paths import Path
from drivers.lwm2m.resources import COMMAND, OVERRIDE_END
from drivers.lwm2m.senml import Scalar

LAMP = Path(LAMP_CONTROLLER, 0)
HOLD_S_MAX = (1 << 31) - 1


class UcifiLamp:
    """Object 3416, instance 0, with the meter of 3418, instance 0."""

    uplink_ports = meaning.PORTS

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        return meaning.decode_uplink(port, payload, received_at)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        """Without `hold` the level lasts as long as the device's own default (3416/0/53)."""
        if level_percent is None:
            if hold is not None:
                raise EncodeError("a hold needs a level; back to the program has none")
            return _write(Kind.WRITE, [(LAMP.child(OVERRIDE_END), 0)])
        if not 0 <= level_percent <= LEVEL_PERCENT_MAX:
            raise EncodeError(f"level {level_percent} is outside 0..{LEVEL_PERCENT_MAX} %")
        command = [(LAMP.child(COMMAND), level_percent)]
        if hold is None:
            return _write(Kind.WRITE, command)
        hold_s = round(hold.total_seconds())
        if not 0 < hold_s <= HOLD_S_MAX:
            raise EncodeError(f"a hold of {hold_s} s is outside 1..{HOLD_S_MAX}")
        return _write(Kind.WRITE_WINDOW, command, hold_s.to_bytes(4, "big"))

    def request_meter(self) -> PortFrame:
        return pack(Kind.READ, Path(ELECTRICAL_MONITOR, 0), Format.TLV, b"")


def _write(kind: Kind, values: Sequence[tuple[Path, Scalar]], head: bytes = b"") -> PortFrame:
    return pack(kind, LAMP, Format.TLV, head + content.write(Format.TLV, LAMP, values))
