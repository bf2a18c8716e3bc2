"""What a packet is read from and into: a position in a frame, and named values."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from drivers.errors import EncodeError, TruncatedFrameError
from drivers.lorawan.nas.addresses import CONTEXT, NAMES

Named: TypeAlias = dict[str, Any]
"""Named values of a packet, in the vendor's published names."""


class Fields(Named):
    """Named values of a packet that can be written again.

    What the published names leave out (bits without a name, digits cut off, a short form) is
    kept in `beneath`, so that a packet that was read is written again to the same byte.
    """

    def __init__(self, *values: Mapping[str, Any]) -> None:
        super().__init__(*values)
        self.beneath: dict[object, int] = {}


EPOCH_S_MIN = 1_420_070_400  # 2015-01-01: before it the vendor calls a device clock invalid


class Reader:
    """A position in a frame, with what was met on the way.

    `errors` are of values that stay unnamed in a frame otherwise readable; `counts` are lengths
    of lists announced before the lists.
    """

    __slots__ = ("counts", "data", "errors", "offset", "warnings")

    def __init__(self, data: bytes, offset: int = 0) -> None:
        self.data = data
        self.offset = offset
        self.warnings: list[str] = []
        self.errors: list[str] = []
        self.counts: dict[str, int] = {}

    @property
    def left(self) -> int:
        return len(self.data) - self.offset

    def take(self, count: int, field_name: str) -> bytes:
        if count > self.left:
            raise TruncatedFrameError(field_name, count, self.offset, len(self.data))
        taken = self.data[self.offset : self.offset + count]
        self.offset += count
        return taken

    def take_byte(self, field_name: str) -> int:
        return self.take(1, field_name)[0]


def beneath(fields: Mapping[str, Any], part: object) -> int | None:
    """What `part` kept when the packet was read; None for fields that come from elsewhere."""
    return fields.beneath.get(part) if isinstance(fields, Fields) else None


def given(fields: Mapping[str, Any], name: str) -> Any:
    """The value of a named field, or a sentence saying it is missing."""
    if name not in fields:
        raise EncodeError(f"{name} is missing")
    return fields[name]


def unpack_flags(raw: int, names: Sequence[str | None]) -> dict[str, bool]:
    return {name: bool(raw >> bit & 1) for bit, name in enumerate(names) if name is not None}


def address_name(byte: int, context_word: str | None, warnings: list[str]) -> str:
    """The vendor's name of an address byte; an impossible one is called invalid, with a warning."""
    name = context_word if byte == CONTEXT else NAMES[byte]
    if name is None:
        warnings.append("invalid_address")
        return "invalid"
    return name


def iso_epoch(epoch_s: int, warnings: list[str]) -> str:
    """The vendor's writing of a device time; before 2015 it is called invalid, with a warning."""
    if epoch_s < EPOCH_S_MIN:
        warnings.append("invalid_timestamp")
        return "invalid_timestamp"
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
