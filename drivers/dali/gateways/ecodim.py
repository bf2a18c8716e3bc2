"""ECOdim DALI GW2: gear as registers, levels as the bus carries them.

Source: wirenboard/wb-mqtt-serial, template of ECOdim DALI GW2. It does not say which dimming curve
a gear has: levels are taken to be on the standard curve.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from drivers.contract import Decoded, PortFrame
from drivers.dali.curve import is_level_of, level_of_percent, whole_percent
from drivers.dali.driver import ORDER_PORT, ordered_percent
from drivers.dali.frames import LEVEL_MAX
from drivers.dali.gateways.registers.gear_map import GearBlock, GearMap, Place
from drivers.dali.gateways.registers.shown import PERCENT_MAX, decoded_state, words_after_order
from drivers.dali.gateways.registers.unit import RegisterGateway
from drivers.dali.meaning import silence
from drivers.dali.ports import UNKNOWN, Port
from drivers.errors import UnknownPortError

STATE_WORDS = 4  # brightness, command, available, status
ABSENT_FOR_NOW = b"\x01"  # one look at a gear that the gateway says is away
_BRIGHTNESS, _AVAILABLE, _STATUS = 0, 2, 3
_GEAR = Place(3000, 0, 5)


def _is_there(words: Sequence[int]) -> bool:
    return words[_AVAILABLE] != 0


DALI_GW2 = GearMap(
    channels=1,
    blocks=(GearBlock(Port.STATE, _GEAR, STATE_WORDS, 60),),
    gear_level=_GEAR,
    group_level=Place(2000, 0, 5),
    all_level=Place(1000, 0, 0),
    raw_level=level_of_percent,
    is_there=_is_there,
)


class EcodimGear:
    """Gear behind a DALI GW2; an order is one byte, percent of light."""

    def unit(self) -> RegisterGateway:
        """The gateway on its bus."""
        return RegisterGateway(DALI_GW2)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        return PortFrame(ORDER_PORT, bytes([ordered_percent(level_percent, hold)]))

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        if port not in (Port.STATE, Port.ORDER_TAKEN):
            raise UnknownPortError(f"port {port} is none of this gateway's blocks")
        ordered, words = words_after_order(payload, STATE_WORDS)
        if not words[_AVAILABLE]:
            return silence(ABSENT_FOR_NOW, received_at)
        level = _percent(words[_BRIGHTNESS], ordered)
        is_proof = port == Port.ORDER_TAKEN
        return decoded_state(words[_STATUS], level, ordered, received_at, is_proof=is_proof)


def _percent(level: int, ordered: int) -> int | None:
    if level > LEVEL_MAX:
        return None
    is_ordered = ordered != UNKNOWN and ordered <= PERCENT_MAX and is_level_of(level, ordered)
    return ordered if is_ordered else whole_percent(level)
