"""Intesis INMBSDAL and its successor IN703DAL: gear as registers, levels in percent.

Source: Intesis INMBSDAL user manual r1.3 and IN703DAL user manual, tables of Modbus registers.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum

from drivers.contract import Decoded, Measurement, PortFrame, Quantity
from drivers.dali.driver import ORDER_PORT, ordered_percent
from drivers.dali.gateways.registers.gear_map import GearBlock, GearMap, Place
from drivers.dali.gateways.registers.shown import PERCENT_MAX, decoded_state, words_after_order
from drivers.dali.gateways.registers.unit import RegisterGateway
from drivers.dali.meaning import led_events, silence
from drivers.dali.ports import Port
from drivers.dali.status import LedFailure
from drivers.errors import InvalidValueError, TruncatedFrameError, UnknownPortError

STATE_WORDS = 11  # status to arc power level
_STATUS, _LEVEL, _MAX_LEVEL = 0, 1, 5
LED_WORDS = 3  # failure status, gear type, dimming curve
D4I_WORDS = 18  # nine values of two registers, high word first
UNAVAILABLE_MIN = 0xFFFF_FFFE  # MASK and TMASK of the gear, as the gateway hands them on

_GEAR, _GROUP, _ALL = (
    Place(0, 7000, 100),
    Place(6400, 7000, 20),
    Place(6800, 7000, 0),
)
_D4I_BASE = Place(25_000, 3200, 100)


class IntesisPort(IntEnum):
    """Blocks beside state (1) and order taken (2)."""

    LED_FAILURES = 5
    D4I = 6


_D4I_VALUES: Sequence[Quantity | None] = (
    Quantity.ACTIVE_ENERGY_WH,
    Quantity.ACTIVE_POWER_W,
    Quantity.APPARENT_ENERGY_VAH,
    Quantity.APPARENT_POWER_VA,
    Quantity.LOAD_SIDE_ENERGY_WH,
    Quantity.LOAD_SIDE_POWER_W,
    Quantity.OPERATING_TIME_S,
    None,  # starts
    Quantity.TEMPERATURE_C,
)


def _at(place: Place, offset: int) -> Place:
    return place._replace(base=place.base + offset)


def _is_there(words: Sequence[int]) -> bool:
    """Gear that answers has a highest level; that of an empty address is 0."""
    return 0 < words[_MAX_LEVEL] <= PERCENT_MAX


_BLOCKS = (
    GearBlock(Port.STATE, _at(_GEAR, 5), STATE_WORDS, 60),
    GearBlock(IntesisPort.LED_FAILURES, _at(_GEAR, 80), LED_WORDS, 900),
)
INMBSDAL = GearMap(
    channels=2,
    blocks=_BLOCKS,
    gear_level=_at(_GEAR, 15),
    group_level=_GROUP,
    all_level=_ALL,
    raw_level=int,
    is_there=_is_there,
    refresh=_at(_GEAR, 4),
)
IN703DAL = GearMap(
    channels=1,
    blocks=(*_BLOCKS, GearBlock(IntesisPort.D4I, _at(_D4I_BASE, 34), D4I_WORDS, 900)),
    gear_level=_at(_GEAR, 15),
    group_level=_GROUP,
    all_level=_ALL,
    raw_level=int,
    is_there=_is_there,
    refresh=_at(_GEAR, 4),
)


class IntesisGear:
    """Gear behind an Intesis gateway; an order is one byte, percent of light."""

    def __init__(self, registers: GearMap) -> None:
        self.registers = registers

    def unit(self) -> RegisterGateway:
        """The gateway on its bus."""
        return RegisterGateway(self.registers)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        return PortFrame(ORDER_PORT, bytes([ordered_percent(level_percent, hold)]))

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        has_d4i = any(block.port == IntesisPort.D4I for block in self.registers.blocks)
        match port:
            case Port.STATE | Port.ORDER_TAKEN:
                return _state(payload, received_at, is_proof=port == Port.ORDER_TAKEN)
            case Port.SILENCE:
                return silence(payload, received_at)
            case IntesisPort.LED_FAILURES:
                return _led(payload, received_at)
            case IntesisPort.D4I if has_d4i:
                return _d4i(payload, received_at)
            case _:
                raise UnknownPortError(f"port {port} is none of this gateway's blocks")


def _state(payload: bytes, at: datetime, *, is_proof: bool) -> Decoded:
    ordered, words = words_after_order(payload, STATE_WORDS)
    level = words[_LEVEL] if words[_LEVEL] <= PERCENT_MAX else None
    return decoded_state(words[_STATUS], level, ordered, at, is_proof=is_proof)


def _led(payload: bytes, at: datetime) -> Decoded:
    if len(payload) != 2 * LED_WORDS:
        raise TruncatedFrameError("registers of LED gear", 2 * LED_WORDS, 0, len(payload))
    failures = int.from_bytes(payload[:2], "big")
    if failures > 0xFF:
        raise InvalidValueError(f"failure status {failures} is more than a byte")
    return Decoded([], led_events(LedFailure(failures), at), [])


def _d4i(payload: bytes, at: datetime) -> Decoded:
    if len(payload) != 2 * D4I_WORDS:
        raise TruncatedFrameError("registers of D4i gear", 2 * D4I_WORDS, 0, len(payload))
    values = [
        int.from_bytes(payload[place : place + 4], "big") for place in range(0, len(payload), 4)
    ]
    readings = [
        Measurement(quantity, _signed(raw) if quantity is Quantity.TEMPERATURE_C else raw, at)
        for quantity, raw in zip(_D4I_VALUES, values, strict=True)
        if quantity is not None and raw < UNAVAILABLE_MIN
    ]
    return Decoded(readings, [], [])


def _signed(raw: int) -> int:
    return raw - (1 << 32) if raw >> 31 else raw
