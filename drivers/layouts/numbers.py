"""Numbers in bytes: how wide they are, how they are read, written and scaled."""

import struct
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from math import isfinite
from typing import Any, NamedTuple

from drivers.layouts.model import ByteOrder, NumberType


class Width(NamedTuple):
    """A number's `struct` code, or none for three bytes, and its size and range."""

    code: str
    size: int
    low: int
    high: int


WIDTHS: Mapping[NumberType, Width] = {
    NumberType.U8: Width("B", 1, 0, 0xFF),
    NumberType.U16: Width("H", 2, 0, 0xFFFF),
    NumberType.U24: Width("3s", 3, 0, 0xFFFFFF),
    NumberType.U32: Width("I", 4, 0, 0xFFFFFFFF),
    NumberType.U64: Width("Q", 8, 0, 0xFFFFFFFFFFFFFFFF),
    NumberType.I8: Width("b", 1, -0x80, 0x7F),
    NumberType.I16: Width("h", 2, -0x8000, 0x7FFF),
    NumberType.I24: Width("3s", 3, -0x800000, 0x7FFFFF),
    NumberType.I32: Width("i", 4, -0x80000000, 0x7FFFFFFF),
    NumberType.F16: Width("e", 2, 0, 0),
    NumberType.F32: Width("f", 4, 0, 0),
}

FLOATS = frozenset({NumberType.F16, NumberType.F32})
THREE_BYTES = frozenset({NumberType.U24, NumberType.I24})

_PREFIX = {ByteOrder.LITTLE: "<", ByteOrder.BIG: ">"}


def structure(codes: str, order: ByteOrder) -> struct.Struct:
    return struct.Struct(_PREFIX[order] + codes)


def converter(kind: NumberType, order: ByteOrder) -> Callable[[Any], Any] | None:
    """What turns the value `struct` gives into a number; None when it is one."""
    if kind not in THREE_BYTES:
        return None
    return partial(int.from_bytes, byteorder=order.value, signed=kind is NumberType.I24)


def scaling(scale: float, offset: float, *, to_whole: bool) -> Callable[[Any], float | int] | None:
    """`raw * scale + offset`, exact to the last digit written; None when that changes nothing.

    0.1 is a division by ten, so that 2226 becomes 222.6 and no more.
    """
    factor, shift = Fraction(str(scale)), Fraction(str(offset))
    above, below = factor.numerator, factor.denominator
    added: float | int = int(shift) if shift.denominator == 1 else float(shift)
    if to_whole:
        return lambda raw: round(raw * above / below + added)
    if not shift and below == 1:
        return None if above == 1 else lambda raw: raw * above
    if not shift:
        return (lambda raw: raw / below) if above == 1 else (lambda raw: raw * above / below)
    return lambda raw: raw * above / below + added


def unscaling(scale: float) -> Callable[[float | int], int]:
    """The raw number nearest to a value."""
    factor = Fraction(str(scale))
    return lambda value: round(value * factor.denominator / factor.numerator)


def is_number(raw: float | int) -> bool:
    """Whether a float that was read stands for a number at all."""
    return isfinite(raw)


def write(kind: NumberType, raw: int, order: ByteOrder) -> bytes:
    """The number in its bytes; it must be within its type's range."""
    width = WIDTHS[kind]
    if kind in FLOATS:
        return structure(width.code, order).pack(raw)
    return raw.to_bytes(width.size, order.value, signed=width.low < 0)
