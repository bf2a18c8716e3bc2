"""How the commands of a package lie one after the other in a frame: identifier, then fields."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from drivers.errors import EncodeError, TruncatedFrameError, UnknownPacketError


class Layout(Struct, frozen=True):
    """One command: its identifier, what it is read to, and how; `length` may look at its bytes."""

    identifier: int
    message: type[Struct]
    length: Callable[[bytes], int]
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


def fixed(length: int) -> Callable[[bytes], int]:
    """The length of a command that is always as long."""
    return lambda _: length


def read_commands(package: str, layouts: Sequence[Layout], payload: bytes) -> list[Any]:
    """Every command of a frame, in order; raises `DecodeError`."""
    by_identifier = {layout.identifier: layout for layout in layouts}
    commands: list[Any] = []
    at = 0
    if not payload:
        raise TruncatedFrameError(f"{package} command", 1, 0, 0)
    while at < len(payload):
        layout = by_identifier.get(payload[at])
        if layout is None:
            raise UnknownPacketError(f"{package}: command {payload[at]:#04x} does not exist")
        fields = payload[at + 1 :]
        length = layout.length(fields)
        if len(fields) < length:
            raise TruncatedFrameError(layout.message.__name__, length, at + 1, len(payload))
        commands.append(layout.read(fields[:length]))
        at += 1 + length
    return commands


def write_commands(package: str, layouts: Sequence[Layout], commands: Sequence[Struct]) -> bytes:
    """The frame of some commands; raises `EncodeError`."""
    by_message = {layout.message: layout for layout in layouts}
    written = bytearray()
    for command in commands:
        layout = by_message.get(type(command))
        if layout is None:
            raise EncodeError(f"{package}: {type(command).__name__} does not go this way")
        written.append(layout.identifier)
        written += layout.write(command)
    return bytes(written)


def checked(name: str, value: int, maximum: int) -> int:
    """The value, if it is within 0..maximum."""
    if not 0 <= value <= maximum:
        raise EncodeError(f"{name} {value} is outside 0..{maximum}")
    return value
