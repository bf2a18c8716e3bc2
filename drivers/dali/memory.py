"""Values out of the bytes of a memory bank."""

from enum import Enum
from typing import TypeAlias

from drivers.dali.banks import (
    BANKS,
    CCT_BY_PART_209,
    LIGHT_DISTRIBUTIONS,
    YEAR_BASE,
    Field,
    Kind,
)
from drivers.errors import DecodeError

TEMPERATURE_ZERO_C = 60  # raw value of 0 °C
SCALE_MAX = 6


class Absent(Enum):
    """Why a field has no value."""

    MASK = "MASK"  # not implemented, or unknown
    TMASK = "TMASK"  # temporarily unavailable
    INVALID = "invalid"  # outside what the standard allows


Value: TypeAlias = int | float | bool | str | Absent


class UnknownBankError(DecodeError):
    """A memory bank whose layout nobody told us."""

    code = "memory_bank_unknown"


def read_bank(number: int, start: int, memory: bytes) -> dict[str, Value]:
    """The fields that `memory`, which begins at offset `start`, holds whole, by name."""
    bank = BANKS.get(number)
    if bank is None:
        raise UnknownBankError(f"bank {number} is none of {', '.join(map(str, BANKS))}")
    end = start + len(memory)
    return {
        field.name: read_field(field, memory[field.offset - start : field.end - start])
        for field in bank.fields
        if start <= field.offset and field.end <= end
    }


def present(values: dict[str, Value]) -> dict[str, int | float | bool | str]:
    """The fields that have a value."""
    return {name: value for name, value in values.items() if not isinstance(value, Absent)}


def read_field(field: Field, raw: bytes) -> Value:
    """The value of one field from its bytes."""
    match field.kind:
        case Kind.TEXT:
            return _text(raw)
        case Kind.VERSION:
            return f"{raw[0]}.{raw[1]}"
        case Kind.SCALED:
            return _absence(raw[1:]) or _scaled(raw)
        case Kind.FLAG:
            return _absence(raw) or (bool(raw[0]) if raw[0] <= 1 else Absent.INVALID)
        case Kind.TEMPERATURE:
            return _absence(raw) or raw[0] - TEMPERATURE_ZERO_C
        case Kind.NUMBER:
            return _SPECIAL.get(field.name, _number)(field, raw)


def _absence(raw: bytes) -> Absent | None:
    """All ones is MASK, all ones but the last bit TMASK."""
    if raw[:-1].count(0xFF) != len(raw) - 1:
        return None
    return {0xFF: Absent.MASK, 0xFE: Absent.TMASK}.get(raw[-1])


def _number(field: Field, raw: bytes) -> Value:
    absence = _absence(raw)
    if absence is not None:
        return absence
    number = int.from_bytes(raw, "big")
    if field.number_max is not None and number > field.number_max:
        return Absent.INVALID
    if isinstance(field.factor, int):
        return number * field.factor
    return round(number * field.factor, 3)


def _scaled(raw: bytes) -> Value:
    scale = int.from_bytes(raw[:1], "big", signed=True)
    if abs(scale) > SCALE_MAX:
        return Absent.INVALID
    number = int.from_bytes(raw[1:], "big")
    return number * int(10**scale) if scale >= 0 else number / int(10**-scale)


def _text(raw: bytes) -> Value:
    try:
        return raw.split(b"\x00")[0].decode("ascii")
    except UnicodeDecodeError:
        return Absent.INVALID


def _year(field: Field, raw: bytes) -> Value:
    return Absent.MASK if raw[0] == 0xFF else YEAR_BASE + raw[0]


def _distribution(field: Field, raw: bytes) -> Value:
    if raw[0] == 0xFF:
        return Absent.MASK
    return LIGHT_DISTRIBUTIONS[raw[0]] if raw[0] < len(LIGHT_DISTRIBUTIONS) else Absent.INVALID


def _colour_temperature(field: Field, raw: bytes) -> Value:
    if int.from_bytes(raw, "big") == CCT_BY_PART_209:
        return "by device type 8"
    return _number(field, raw)


_SPECIAL = {
    "year": _year,
    "light_distribution": _distribution,
    "cct_k": _colour_temperature,
}
