"""Kinds of fields a packet is made of; each reads bytes into named values and writes them back.

A packet is declared once, as a sequence of fields, and both directions follow from it.
Multi-byte numbers are little-endian, bit 0 is the least significant.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from drivers.errors import EncodeError, InvalidValueError, UnknownPacketError
from drivers.lorawan.nas.addresses import NAMES, address_byte
from drivers.lorawan.nas.packet import (
    Fields,
    Reader,
    address_name,
    beneath,
    given,
    iso_epoch,
    unpack_flags,
)


class Field(Protocol):
    def read(self, reader: Reader, into: Fields) -> None: ...
    def write(self, fields: Mapping[str, Any], out: bytearray) -> None: ...


def read_all(parts: Sequence[Field], reader: Reader, into: Fields) -> None:
    for part in parts:
        part.read(reader, into)


def write_all(parts: Sequence[Field], fields: Mapping[str, Any], out: bytearray) -> None:
    for part in parts:
        part.write(fields, out)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of `code` (struct letter), value = raw * `times` / `per`; some raws are words."""

    name: str
    code: str = "B"
    times: int = 1
    per: int = 1
    words: Mapping[int, str] = field(default_factory=dict)
    maximum: int | None = None  # of the value, checked when writing

    def read(self, reader: Reader, into: Fields) -> None:
        layout = struct.Struct("<" + self.code)
        (raw,) = layout.unpack(reader.take(layout.size, self.name))
        if raw in self.words:
            into[self.name] = self.words[raw]
        else:
            into[self.name] = raw * self.times if self.per == 1 else raw * self.times / self.per

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        value = given(fields, self.name)
        raw = next((raw for raw, word in self.words.items() if word == value), None)
        if raw is None:
            raw = self._raw(value)
        try:
            out += struct.pack("<" + self.code, raw)
        except struct.error as error:
            raise EncodeError(f"{self.name}={value!r} does not fit: {error}") from error

    def _raw(self, value: Any) -> int:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise EncodeError(f"{self.name}={value!r} is neither a number nor one of its words")
        if self.maximum is not None and not 0 <= value <= self.maximum:
            raise EncodeError(f"{self.name}={value!r} is outside 0..{self.maximum}")
        return round(value * self.per / self.times)


def level(name: str, word: str) -> Number:
    """A level byte: 0..100 % of light, 0xFF under a word of its packet."""
    return Number(name, words={0xFF: word}, maximum=100)


@dataclass(frozen=True, slots=True)
class Flags:
    """One byte of booleans, lowest bit first; None is a bit without a name."""

    names: tuple[str | None, ...]

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take_byte(" ".join(name for name in self.names if name))
        into.update(unpack_flags(raw, self.names))
        unnamed = sum(1 << bit for bit in range(8) if bit not in self._named_bits())
        if raw & unnamed:
            into.beneath[self] = raw & unnamed

    def _named_bits(self) -> set[int]:
        return {bit for bit, name in enumerate(self.names) if name is not None}

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        raw = beneath(fields, self) or 0
        for bit, name in enumerate(self.names):
            if name is not None and fields.get(name, False):
                raw |= 1 << bit
        out.append(raw)


def flags(*names: str | None) -> Flags:
    return Flags(names)


@dataclass(frozen=True, slots=True)
class Address:
    """An address byte; `context_word` is the name of 0xFF in this packet, None where invalid."""

    name: str = "address"
    context_word: str | None = "all_devices"

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take_byte(self.name)
        into[self.name] = address_name(raw, self.context_word, reader.warnings)
        into.beneath[self.name] = raw

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        out.append(address_raw(fields, self.name, self.context_word))


def address_raw(fields: Mapping[str, Any], field_name: str, context_word: str | None) -> int:
    """The byte of a named address: as it was read, since several bytes name the same group."""
    name = given(fields, field_name)
    raw = beneath(fields, field_name)
    if raw is not None and NAMES[raw] == name:
        return raw
    return address_byte(name, context_word)


@dataclass(frozen=True, slots=True)
class Choice:
    """One byte out of a list of values."""

    name: str
    values: Mapping[int, str | float]

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take_byte(self.name)
        if raw not in self.values:
            raise InvalidValueError(f"{self.name}=0x{raw:02x} is none of {list(self.values)}")
        into[self.name] = self.values[raw]

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        value = given(fields, self.name)
        for raw, known in self.values.items():
            if known == value:
                out.append(raw)
                return
        raise EncodeError(f"{self.name}={value!r} is none of {list(self.values.values())}")


@dataclass(frozen=True, slots=True)
class Epoch:
    """Device time, u32 seconds since 1970, as ISO 8601; 0 may be a word."""

    name: str = "device_unix_epoch"
    zero_word: str | None = None

    def read(self, reader: Reader, into: Fields) -> None:
        raw = int.from_bytes(reader.take(4, self.name), "little")
        is_word = raw == 0 and self.zero_word is not None
        into[self.name] = self.zero_word if is_word else iso_epoch(raw, reader.warnings)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        value = given(fields, self.name)
        try:
            seconds = 0 if value == self.zero_word else _epoch_s(value)
            out += seconds.to_bytes(4, "little")
        except (ValueError, OverflowError) as error:
            raise EncodeError(f"{self.name}={value!r} is no instant: {error}") from error


def _epoch_s(iso_instant: Any) -> int:
    return int(datetime.fromisoformat(str(iso_instant)).timestamp())


@dataclass(frozen=True, slots=True)
class HexBytes:
    """Raw bytes as upper-case hexadecimal; without a count, all that is left."""

    name: str
    count: int | None = None
    is_reversed: bool = False

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take(reader.left if self.count is None else self.count, self.name)
        into[self.name] = (raw[::-1] if self.is_reversed else raw).hex().upper()

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        text = given(fields, self.name)
        try:
            raw = bytes.fromhex(text)
        except (TypeError, ValueError) as error:
            raise EncodeError(f"{self.name} is not hexadecimal") from error
        if self.count is not None and len(raw) != self.count:
            raise EncodeError(f"{self.name} needs {self.count} byte(s), not {len(raw)}")
        out += raw[::-1] if self.is_reversed else raw


@dataclass(frozen=True, slots=True)
class Constant:
    """Bytes that are always the same; others mean another packet."""

    value: bytes
    name: str = "constant"

    def read(self, reader: Reader, into: Fields) -> None:
        found = reader.take(len(self.value), self.name)
        if found != self.value:
            raise UnknownPacketError(
                f"{self.name} is 0x{found.hex()}, only 0x{self.value.hex()} is known"
            )

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        out += self.value


@dataclass(frozen=True, slots=True)
class Reserved:
    """One byte without meaning, 0 unless another value was read."""

    def read(self, reader: Reader, into: Fields) -> None:
        into.beneath[self] = reader.take_byte("reserved byte")

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        out.append(beneath(fields, self) or 0)


@dataclass(frozen=True, slots=True)
class Layout:
    """A packet: its vendor name and its fields after the header byte."""

    packet_type: str
    parts: tuple[Field, ...] = field(default=())

    def read(self, reader: Reader, into: Fields) -> None:
        into["packet_type"] = self.packet_type
        read_all(self.parts, reader, into)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        write_all(self.parts, fields, out)


def layout(packet_type: str, *parts: Field) -> Layout:
    return Layout(packet_type, parts)
