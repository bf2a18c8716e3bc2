"""Forward frames of 16 bits: whom they are for, what they order or ask, and back from the bytes.

Source: IEC 62386-102, tables of commands; opcodes of LED gear (device type 6): IEC 62386-207.
"""

from enum import IntEnum
from typing import NamedTuple

from drivers.errors import EncodeError

SHORT_ADDRESS_MAX = 63
GROUP_MAX = 15
SCENE_MAX = 15
LEVEL_MAX = 254
MASK = 0xFF
LED_GEAR = 6  # device type of IEC 62386-207

_COMMAND = 1  # last bit of the address byte: a command, not a level


class Address(NamedTuple):
    """Whom a forward frame is for, as the first byte of a frame that carries a level."""

    byte: int

    def __str__(self) -> str:
        if self.byte >> 7 == 0:
            return f"short {self.byte >> 1}"
        if self.byte >> 5 == 0b100:
            return f"group {self.byte >> 1 & GROUP_MAX}"
        return "broadcast" if self == BROADCAST else "unaddressed"


BROADCAST = Address(0xFE)
UNADDRESSED = Address(0xFC)


def short(number: int) -> Address:
    """Control gear by its short address, 0..63."""
    return Address(_within("short address", number, SHORT_ADDRESS_MAX) << 1)


def group(number: int) -> Address:
    """The gear of a group, 0..15."""
    return Address(0x80 | _within("group", number, GROUP_MAX) << 1)


class Forward(NamedTuple):
    """A frame for the bus; `device_type` names the type that must be enabled before it."""

    first: int
    second: int
    is_sent_twice: bool = False
    has_answer: bool = False
    device_type: int = 0

    @property
    def payload(self) -> bytes:
        """The two bytes, first byte first."""
        return bytes((self.first, self.second))


class Order(IntEnum):
    """Commands that take no answer; those of configuration are sent twice."""

    OFF = 0x00
    UP = 0x01
    DOWN = 0x02
    STEP_UP = 0x03
    STEP_DOWN = 0x04
    RECALL_MAX = 0x05
    RECALL_MIN = 0x06
    STEP_DOWN_AND_OFF = 0x07
    ON_AND_STEP_UP = 0x08
    ENABLE_DAPC_SEQUENCE = 0x09
    GO_TO_LAST_ACTIVE_LEVEL = 0x0A
    RESET = 0x20
    STORE_ACTUAL_LEVEL_IN_DTR0 = 0x21
    SET_MAX_LEVEL = 0x2A
    SET_MIN_LEVEL = 0x2B
    SET_SYSTEM_FAILURE_LEVEL = 0x2C
    SET_POWER_ON_LEVEL = 0x2D
    SET_FADE_TIME = 0x2E
    SET_FADE_RATE = 0x2F
    SET_SHORT_ADDRESS = 0x80
    ENABLE_WRITE_MEMORY = 0x81


class OrderOf(IntEnum):
    """Commands that hold a scene or a group in their last four bits."""

    GO_TO_SCENE = 0x10
    SET_SCENE = 0x40
    REMOVE_FROM_SCENE = 0x50
    ADD_TO_GROUP = 0x60
    REMOVE_FROM_GROUP = 0x70


class Query(IntEnum):
    """Questions: one byte comes back, or silence for no."""

    STATUS = 0x90
    CONTROL_GEAR_PRESENT = 0x91
    LAMP_FAILURE = 0x92
    LAMP_POWER_ON = 0x93
    VERSION_NUMBER = 0x97
    CONTENT_DTR0 = 0x98
    DEVICE_TYPE = 0x99
    PHYSICAL_MINIMUM = 0x9A
    CONTENT_DTR1 = 0x9C
    ACTUAL_LEVEL = 0xA0
    MAX_LEVEL = 0xA1
    MIN_LEVEL = 0xA2
    POWER_ON_LEVEL = 0xA3
    SYSTEM_FAILURE_LEVEL = 0xA4
    FADE_TIME_RATE = 0xA5
    NEXT_DEVICE_TYPE = 0xA7
    GROUPS_0_TO_7 = 0xC0
    GROUPS_8_TO_15 = 0xC1
    MEMORY_LOCATION = 0xC5


class LedQuery(IntEnum):
    """Questions to LED gear."""

    DIMMING_CURVE = 0xEE
    FAILURE_STATUS = 0xF1


class Special(IntEnum):
    """Frames for all gear whose first byte is the command itself."""

    TERMINATE = 0xA1
    DTR0 = 0xA3
    INITIALISE = 0xA5
    RANDOMISE = 0xA7
    COMPARE = 0xA9
    ENABLE_DEVICE_TYPE = 0xC1
    DTR1 = 0xC3
    DTR2 = 0xC5
    WRITE_MEMORY_LOCATION = 0xC7
    WRITE_MEMORY_LOCATION_NO_REPLY = 0xC9


SELECT_DIMMING_CURVE = 0xE3
QUERY_SCENE_LEVEL = 0xB0  # and the scene in the last four bits
_CONFIGURATION = range(0x20, 0x82)  # heeded only when heard twice within 100 ms
_ANSWERED_SPECIALS = (Special.COMPARE, Special.WRITE_MEMORY_LOCATION)
_DOUBLED_SPECIALS = (Special.INITIALISE, Special.RANDOMISE)


def direct_level(to: Address, level: int) -> Forward:
    """Go to an arc power level 0..254 with the gear's fade; 255 stops a fade where it is."""
    return Forward(to.byte, _within("level", level, MASK))


def order(to: Address, what: Order) -> Forward:
    """A command without parameter."""
    return Forward(to.byte | _COMMAND, what, what in _CONFIGURATION)


def order_of(to: Address, what: OrderOf, number: int) -> Forward:
    """A command about a scene or a group, 0..15."""
    opcode = what | _within("scene or group", number, SCENE_MAX)
    return Forward(to.byte | _COMMAND, opcode, opcode in _CONFIGURATION)


def query(to: Address, what: Query) -> Forward:
    """A question to gear."""
    return Forward(to.byte | _COMMAND, what, has_answer=True)


def query_scene(to: Address, number: int) -> Forward:
    """The level of a scene, 0..15."""
    opcode = QUERY_SCENE_LEVEL | _within("scene", number, SCENE_MAX)
    return Forward(to.byte | _COMMAND, opcode, has_answer=True)


def query_led(to: Address, what: LedQuery) -> Forward:
    """A question to LED gear; gear without device type 6 keeps silent."""
    return Forward(to.byte | _COMMAND, what, has_answer=True, device_type=LED_GEAR)


def select_curve(to: Address) -> Forward:
    """Take the dimming curve of DTR0 (0 standard, 1 linear)."""
    return Forward(to.byte | _COMMAND, SELECT_DIMMING_CURVE, True, device_type=LED_GEAR)


def special(what: Special, parameter: int = 0) -> Forward:
    """A frame for all gear."""
    return Forward(
        what,
        _within("parameter", parameter, 0xFF),
        is_sent_twice=what in _DOUBLED_SPECIALS,
        has_answer=what in _ANSWERED_SPECIALS,
    )


def with_enabling(frames: list[Forward]) -> list[Forward]:
    """The frames, each of a device type preceded by the frame that enables it."""
    whole: list[Forward] = []
    for frame in frames:
        if frame.device_type:
            whole.append(special(Special.ENABLE_DEVICE_TYPE, frame.device_type))
        whole.append(frame)
    return whole


def _within(field: str, value: int, highest: int) -> int:
    if not 0 <= value <= highest:
        raise EncodeError(f"{field} {value} is outside 0..{highest}")
    return value
