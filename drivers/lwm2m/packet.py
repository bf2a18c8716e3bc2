"""How an LwM2M message travels as the frame of a port: the port is the object, the payload says
what was done to which instance and resource, in which content format, and holds the body as it was
on the wire. This layout is ours.

    kind u8 | instance u16 | resource u16 | content format u16 | body      (big-endian)

65535 stands for what is absent; port 65535 is the root: bodies that name whole paths (Send), and
registrations.
"""

import struct
from enum import IntEnum
from typing import NamedTuple

from drivers.contract import PortFrame
from drivers.errors import InvalidValueError, TruncatedFrameError
from drivers.lwm2m.paths import ABSENT, Path

ROOT_PORT = ABSENT

_HEAD = struct.Struct(">BHHH")


class Kind(IntEnum):
    """What was done: below 16 by the device, from 16 on to it."""

    VALUE = 1  # answered a read, or notified
    SENT = 2  # the Send operation: values the device kept for us
    REGISTERED = 3  # the query of its registration, a line end, its object links
    UPDATED = 4  # likewise, of an update
    DEREGISTERED = 5
    WRITE = 16
    WRITE_WINDOW = 17  # u32 seconds come before the body: how long the level lasts
    READ = 18
    EXECUTE = 19


class Packet(NamedTuple):
    """One operation on a place of a device, and its body."""

    kind: Kind
    path: Path
    form: int
    body: bytes


def pack(kind: Kind, path: Path, form: int, body: bytes) -> PortFrame:
    """An operation as the frame of a port."""
    head = _HEAD.pack(kind, path.instance_id, path.resource_id, form)
    return PortFrame(path.object_id, head + body)


def unpack(port: int, payload: bytes) -> Packet:
    """The operation of a frame; raises `DecodeError`."""
    if len(payload) < _HEAD.size:
        raise TruncatedFrameError("head", _HEAD.size, 0, len(payload))
    number, instance_id, resource_id, form = _HEAD.unpack_from(payload)
    try:
        kind = Kind(number)
    except ValueError as error:
        raise InvalidValueError(f"{number} is no kind of operation") from error
    if instance_id == ABSENT != resource_id:
        raise InvalidValueError(f"resource {resource_id} of no instance")
    return Packet(kind, Path(port, instance_id, resource_id), form, payload[_HEAD.size :])
