"""Reads the frames of a device by its records."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from struct import Struct as Structure
from typing import Any, NamedTuple, TypeAlias

from drivers.contract import Decoded, DeviceEvent, SettingEcho
from drivers.errors import (
    TrailingBytesError,
    TruncatedFrameError,
    UnknownPacketError,
    UnknownPortError,
)
from drivers.layouts.model import Record
from drivers.layouts.said import Said
from drivers.layouts.takers import Take

Reader: TypeAlias = Callable[[bytes, int, Said], int]
"""Reads a record that fields cannot describe: gets the payload and where the record's key ends,
puts what it says into `Said`, returns where it ends; raises `DecodeError`."""

PORT_MIN, PORT_MAX = 1, 223  # application ports of LoRaWAN


class Step(NamedTuple):
    """What is done with the value at this place of a record."""

    place: int
    convert: Callable[[Any], Any] | None
    take: Take


class Tail(NamedTuple):
    """Bytes at the end of a record whose number stands at this place of it."""

    place: int
    take: Take | None


class RecordReader(NamedTuple):
    """A record, compiled: `structure` is what comes after its key, without the tail."""

    key: bytes
    record: Record
    structure: Structure
    steps: Sequence[Step]
    tail: Tail | None
    read: Reader | None = None


class FrameReader:
    """`Listens` for a layout."""

    def __init__(
        self,
        readers: Mapping[bytes, Sequence[RecordReader]],
        key_size: int,
        repeats: bool,
        ports: frozenset[int] | None,
    ) -> None:
        """`readers` by their first `key_size` bytes, longest key first; no `ports` are all."""
        self._readers = readers
        self._key_size = key_size
        self._repeats = repeats
        self._ports = ports

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        if port not in self._ports if self._ports else not PORT_MIN <= port <= PORT_MAX:
            raise UnknownPortError(f"nothing of this device comes on port {port}")
        said = Said(received_at)
        length = len(payload)
        end = self._read(payload, 0, length, said)
        while end < length:
            if not self._repeats:
                raise TrailingBytesError("the record", length - end)
            end = self._read(payload, end, length, said)
        return said.decoded()

    def _read(self, payload: bytes, offset: int, length: int, said: Said) -> int:
        """Read the record that begins at `offset`; where the next one begins."""
        reader = self._reader(payload, offset, length)
        begin = offset + len(reader.key)
        end = begin + reader.structure.size
        if end > length:
            raise TruncatedFrameError(reader.record.carries, reader.structure.size, begin, length)
        if reader.read is not None:
            end = reader.read(payload, begin, said)
        values = reader.structure.unpack_from(payload, begin)
        for place, convert, take in reader.steps:
            take(values[place] if convert is None else convert(values[place]), said)
        if reader.tail is not None:
            count, begin = values[reader.tail.place], end
            end = begin + count
            if end > length:
                raise TruncatedFrameError(reader.record.carries, count, begin, length)
            if reader.tail.take is not None:
                reader.tail.take(payload[begin:end], said)
        if said.pending or said.detail or reader.record.event or reader.record.setting:
            _tell(reader.record, said)
        said.at = said.received_at
        return end

    def _reader(self, payload: bytes, offset: int, length: int) -> RecordReader:
        key = payload[offset : offset + self._key_size]
        for reader in self._readers.get(key, ()):
            if payload.startswith(reader.key, offset):
                return reader
        if length - offset < self._key_size:
            raise TruncatedFrameError("the key of a record", self._key_size, offset, length)
        raise UnknownPacketError(f"no record begins with {key.hex()} (offset {offset})")


def _tell(record: Record, said: Said) -> None:
    """The events and the setting of a record, now that all its details are known."""
    detail = {**record.detail, **said.detail}
    for kind, own in said.pending:
        said.events.append(DeviceEvent(kind, said.at, {**detail, **own}))
    if record.event is not None:
        said.events.append(DeviceEvent(record.event, said.at, detail))
    if record.setting is not None:
        said.acknowledgements.append(SettingEcho(record.setting, said.at, detail))
    said.pending = []
    said.detail = {}
