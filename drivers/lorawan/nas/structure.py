"""Fields that hold other fields: lists, optional parts, and parts chosen by a byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.errors import EncodeError, InvalidValueError, UnknownPacketError
from drivers.lorawan.nas.fields import Field, Layout, Number, read_all, write_all
from drivers.lorawan.nas.packet import Fields, Reader, given

OFF = 0xFF


@dataclass(frozen=True, slots=True)
class Count:
    """One byte: how many entries (or bytes of text) the later field `of` has."""

    of: str
    maximum: int = 255

    def read(self, reader: Reader, into: Fields) -> None:
        reader.counts[self.of] = reader.take_byte(f"number of {self.of}")

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        value = given(fields, self.of)
        count = len(value.encode()) if isinstance(value, str) else len(value)
        if count > self.maximum:
            raise EncodeError(f"{self.of} has {count} entries, at most {self.maximum} fit")
        out.append(count)


@dataclass(frozen=True, slots=True)
class NibbleCounts:
    """One byte: lengths of two later lists, the first in the low nibble."""

    low_of: str
    high_of: str

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take_byte(f"number of {self.low_of} and {self.high_of}")
        reader.counts[self.low_of] = raw & 0x0F
        reader.counts[self.high_of] = raw >> 4

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        low, high = len(given(fields, self.low_of)), len(given(fields, self.high_of))
        if max(low, high) > 0x0F:
            raise EncodeError(f"{self.low_of} and {self.high_of} hold at most 15 entries each")
        out.append(low | high << 4)


@dataclass(frozen=True, slots=True)
class Each:
    """A list of entries: as many as an earlier count says, else to the end of the frame."""

    name: str
    parts: tuple[Field, ...]

    def read(self, reader: Reader, into: Fields) -> None:
        entries: list[Fields] = []
        count = reader.counts.get(self.name)
        while len(entries) < count if count is not None else reader.left:
            entry = Fields()
            read_all(self.parts, reader, entry)
            entries.append(entry)
        into[self.name] = entries

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        for entry in given(fields, self.name):
            write_all(self.parts, entry, out)


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 text whose length in bytes stands earlier, or (`has_length`) right before it."""

    name: str
    has_length: bool = False

    def read(self, reader: Reader, into: Fields) -> None:
        if self.has_length:
            Count(self.name).read(reader, into)
        raw = reader.take(reader.counts[self.name], self.name)
        try:
            into[self.name] = raw.decode()
        except UnicodeDecodeError as error:
            raise InvalidValueError(f"{self.name} is not UTF-8: {error}") from error

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        if self.has_length:
            Count(self.name).write(fields, out)
        out += str(given(fields, self.name)).encode()


@dataclass(frozen=True, slots=True)
class IfMore:
    """Fields that are there only when bytes are left, written when the field `key` is given."""

    key: str
    parts: tuple[Field, ...]
    bare: tuple[str, str] | None = None  # (field, word) standing for the short form
    bare_warning: str | None = None

    def read(self, reader: Reader, into: Fields) -> None:
        if reader.left:
            read_all(self.parts, reader, into)
            return
        if self.bare is not None:
            into[self.bare[0]] = self.bare[1]
        if self.bare_warning is not None:
            reader.warnings.append(self.bare_warning)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        is_bare = self.bare is not None and fields.get(self.bare[0]) == self.bare[1]
        if self.key in fields and not is_bare:
            write_all(self.parts, fields, out)


@dataclass(frozen=True, slots=True)
class Unset:
    """One byte that is left out of the packet's values while it is 0xFF, not set."""

    name: str

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take_byte(self.name)
        if raw != OFF:
            into[self.name] = raw

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        Number(self.name).write({self.name: fields.get(self.name, OFF)}, out)


@dataclass(frozen=True, slots=True)
class UnlessOff:
    """Fields replaced by a lone 0xFF when the function is off."""

    key: str
    parts: tuple[Field, ...]

    def read(self, reader: Reader, into: Fields) -> None:
        if reader.left and reader.data[reader.offset] == OFF:
            reader.take_byte(self.key)
            return
        read_all(self.parts, reader, into)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        if self.key in fields:
            write_all(self.parts, fields, out)
        else:
            out.append(OFF)


@dataclass(frozen=True, slots=True)
class Present:
    """One byte saying which of the groups follow, lowest bit first; a group's key is its first."""

    groups: tuple[tuple[str, tuple[Field, ...]], ...]

    def read(self, reader: Reader, into: Fields) -> None:
        mask = reader.take_byte("mask of present fields")
        if mask >> len(self.groups):
            raise InvalidValueError(f"mask 0x{mask:02x} announces fields that are not known")
        for bit, (_, parts) in enumerate(self.groups):
            if mask >> bit & 1:
                read_all(parts, reader, into)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        present = [key in fields for key, _ in self.groups]
        out.append(sum(1 << bit for bit, is_there in enumerate(present) if is_there))
        for is_there, (_, parts) in zip(present, self.groups, strict=True):
            if is_there:
                write_all(parts, fields, out)


@dataclass(frozen=True, slots=True)
class Switch:
    """One byte naming what the rest is: each word brings its own fields."""

    name: str
    cases: Mapping[int, tuple[str, tuple[Field, ...]]]

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take_byte(self.name)
        if raw not in self.cases:
            raise UnknownPacketError(f"{self.name}=0x{raw:02x} is not known")
        into[self.name], parts = self.cases[raw]
        read_all(parts, reader, into)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        word = given(fields, self.name)
        for raw, (known, parts) in self.cases.items():
            if known == word:
                out.append(raw)
                write_all(parts, fields, out)
                return
        raise EncodeError(f"{self.name}={word!r} is not known to this firmware")


@dataclass(frozen=True, slots=True)
class Chain:
    """Packets of the same table one after the other, to the end of the frame."""

    name: str
    table: Mapping[int, Layout]

    def read(self, reader: Reader, into: Fields) -> None:
        packets: list[Fields] = []
        while reader.left:
            packet = Fields()
            read_packet(self.table, reader, packet)
            packets.append(packet)
        into[self.name] = packets

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        for packet in given(fields, self.name):
            write_packet(self.table, packet, out)


def read_packet(table: Mapping[int, Layout], reader: Reader, into: Fields) -> None:
    """Reads one packet, its header byte first, by the layouts of its port."""
    header = reader.take_byte("packet header")
    packet = table.get(header)
    if packet is None:
        raise UnknownPacketError(f"packet 0x{header:02x} is not known on this port")
    reader.counts.clear()
    packet.read(reader, into)


def write_packet(table: Mapping[int, Layout], fields: Mapping[str, Any], out: bytearray) -> None:
    """Writes one packet, its header byte first; `packet_type` picks the layout."""
    packet_type = given(fields, "packet_type")
    for header, packet in table.items():
        if packet.packet_type == packet_type:
            out.append(header)
            packet.write(fields, out)
            return
    known = ", ".join(packet.packet_type for packet in table.values())
    raise EncodeError(f"{packet_type!r} is not written on this port; known: {known}")
