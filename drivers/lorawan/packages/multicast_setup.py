"""Remote multicast setup, TS005: a device is given the keys of a group, and told when to listen.

Source: LoRa Alliance TS005-1.0.0; bytes as in chirpstack/chirpstack,
lrwn/src/applayer/multicastsetup.
"""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct as Fields
from typing import TypeAlias

from msgspec import Struct

from drivers.contract import PortFrame
from drivers.errors import EncodeError
from drivers.lorawan.packages.gps_time import gps_seconds
from drivers.lorawan.packages.layout import (
    Layout,
    checked,
    fixed,
    read_commands,
    write_commands,
)

PORT = 200
PACKAGE = "multicast setup"
GROUP_MAX = 3
# A class C session lasts 2^timeout seconds.
TIMEOUT_MAX = 15
FREQUENCY_STEP_HZ = 100

_GROUP = 0x03
_ERRORS = 0x1C  # of a session: data rate, frequency, group undefined
_SETUP = Fields("<B4s16sII")
_STATUS_ITEM = Fields("<B4s")
_SESSION = Fields("<BIB")


class PackageVersionReq(Struct, frozen=True):
    """Which package and version do you hold?"""


class PackageVersionAns(Struct, frozen=True):
    """The device's package (2 is multicast setup) and its version."""

    package: int
    version: int


class GroupStatusReq(Struct, frozen=True):
    """Which of these groups do you hold?"""

    groups: tuple[int, ...]


class HeldGroup(Struct, frozen=True):
    """A group a device holds, and its multicast address (hexadecimal)."""

    group: int
    address: str


class GroupStatusAns(Struct, frozen=True):
    """How many groups the device holds, and those asked for among them."""

    held_count: int
    asked: tuple[int, ...]
    groups: tuple[HeldGroup, ...]


class GroupSetupReq(Struct, frozen=True):
    """Take a group: its address, its key encrypted for this device, the frame counters it is
    valid for."""

    group: int
    address: str
    encrypted_key: bytes
    counter_min: int
    counter_max: int


class GroupSetupAns(Struct, frozen=True):
    """The device took the group, or does not know such a group."""

    group: int
    is_refused: bool = False


class GroupDeleteReq(Struct, frozen=True):
    """Forget a group."""

    group: int


class GroupDeleteAns(Struct, frozen=True):
    """The device forgot the group, or did not hold it."""

    group: int
    is_undefined: bool = False


class ClassCSessionReq(Struct, frozen=True):
    """Listen without pause for a group: from when (GPS seconds), for 2^timeout seconds, where."""

    group: int
    starts_at_s: int
    timeout: int
    frequency_hz: int
    data_rate: int


class ClassCSessionAns(Struct, frozen=True):
    """In how many seconds the device will listen, or what keeps it from it."""

    group: int
    starts_in_s: int | None = None
    is_data_rate_refused: bool = False
    is_frequency_refused: bool = False
    is_undefined: bool = False


MulticastUplink: TypeAlias = (
    PackageVersionAns | GroupStatusAns | GroupSetupAns | GroupDeleteAns | ClassCSessionAns
)
MulticastDownlink: TypeAlias = (
    PackageVersionReq | GroupStatusReq | GroupSetupReq | GroupDeleteReq | ClassCSessionReq
)


def class_c_session(
    group: int, starts_at: datetime, timeout: int, frequency_hz: int, data_rate: int
) -> ClassCSessionReq:
    """The request for a session that starts at an instant."""
    return ClassCSessionReq(group, gps_seconds(starts_at), timeout, frequency_hz, data_rate)


def _address(text: str) -> bytes:
    try:
        wire = bytes.fromhex(text)[::-1]
    except ValueError as error:
        raise EncodeError(f"multicast address {text!r} is not hexadecimal") from error
    if len(wire) != 4:
        raise EncodeError(f"multicast address {text!r} is not 4 bytes")
    return wire


def _text(address: bytes) -> str:
    return address[::-1].hex()


def _group(number: int) -> int:
    return checked("group", number, GROUP_MAX)


def _mask(groups: Sequence[int]) -> int:
    return sum({1 << _group(number) for number in groups})


def _masked(mask: int) -> tuple[int, ...]:
    return tuple(number for number in range(GROUP_MAX + 1) if mask & 1 << number)


def _status_length(fields: bytes) -> int:
    """One byte, then one item for each group of its mask."""
    return 1 + _STATUS_ITEM.size * len(_masked(fields[0])) if fields else 1


def _read_status(fields: bytes) -> GroupStatusAns:
    items = tuple(
        HeldGroup(number, _text(address))
        for number, address in _STATUS_ITEM.iter_unpack(fields[1:])
    )
    return GroupStatusAns(fields[0] >> 4 & 7, _masked(fields[0]), items)


def _write_status(said: GroupStatusAns) -> bytes:
    head = checked("group count", said.held_count, 7) << 4 | _mask(said.asked)
    items = (_STATUS_ITEM.pack(_group(one.group), _address(one.address)) for one in said.groups)
    return bytes((head,)) + b"".join(items)


def _read_setup(fields: bytes) -> GroupSetupReq:
    group, address, key, counter_min, counter_max = _SETUP.unpack(fields)
    return GroupSetupReq(group & _GROUP, _text(address), key, counter_min, counter_max)


def _write_setup(said: GroupSetupReq) -> bytes:
    if len(said.encrypted_key) != 16:
        raise EncodeError(f"an encrypted key has 16 bytes, not {len(said.encrypted_key)}")
    counter_max = checked("counter", said.counter_max, (1 << 32) - 1)
    counter_min = checked("counter", said.counter_min, counter_max)
    address = _address(said.address)
    return _SETUP.pack(_group(said.group), address, said.encrypted_key, counter_min, counter_max)


def _read_session(fields: bytes) -> ClassCSessionReq:
    group, starts_at_s, timeout = _SESSION.unpack(fields[:6])
    frequency_hz = int.from_bytes(fields[6:9], "little") * FREQUENCY_STEP_HZ
    return ClassCSessionReq(
        group & _GROUP, starts_at_s, timeout & TIMEOUT_MAX, frequency_hz, fields[9]
    )


def _write_session(said: ClassCSessionReq) -> bytes:
    steps, rest = divmod(said.frequency_hz, FREQUENCY_STEP_HZ)
    if rest:
        raise EncodeError(f"{said.frequency_hz} Hz is no multiple of {FREQUENCY_STEP_HZ} Hz")
    starts_at_s = checked("start", said.starts_at_s, (1 << 32) - 1)
    head = _SESSION.pack(
        _group(said.group), starts_at_s, checked("timeout", said.timeout, TIMEOUT_MAX)
    )
    frequency = checked("frequency", steps, (1 << 24) - 1).to_bytes(3, "little")
    return head + frequency + bytes((checked("data rate", said.data_rate, 15),))


def _session_answer_length(fields: bytes) -> int:
    """A refusal says no time."""
    return 1 if not fields or fields[0] & _ERRORS else 4


def _read_session_answer(fields: bytes) -> ClassCSessionAns:
    flags = fields[0]
    return ClassCSessionAns(
        group=flags & _GROUP,
        starts_in_s=int.from_bytes(fields[1:4], "little") if len(fields) == 4 else None,
        is_data_rate_refused=bool(flags & 0x04),
        is_frequency_refused=bool(flags & 0x08),
        is_undefined=bool(flags & 0x10),
    )


def _write_session_answer(said: ClassCSessionAns) -> bytes:
    errors = 0x04 * said.is_data_rate_refused | 0x08 * said.is_frequency_refused
    errors |= 0x10 * said.is_undefined
    head = bytes((_group(said.group) | errors,))
    if errors:
        return head
    return head + checked("start", said.starts_in_s or 0, (1 << 24) - 1).to_bytes(3, "little")


UPLINKS: Sequence[Layout] = (
    Layout(
        0,
        PackageVersionAns,
        fixed(2),
        lambda fields: PackageVersionAns(*fields),
        lambda said: bytes((said.package, said.version)),
    ),
    Layout(1, GroupStatusAns, _status_length, _read_status, _write_status),
    Layout(
        2,
        GroupSetupAns,
        fixed(1),
        lambda fields: GroupSetupAns(fields[0] & _GROUP, bool(fields[0] & 0x04)),
        lambda said: bytes((_group(said.group) | 0x04 * said.is_refused,)),
    ),
    Layout(
        3,
        GroupDeleteAns,
        fixed(1),
        lambda fields: GroupDeleteAns(fields[0] & _GROUP, bool(fields[0] & 0x04)),
        lambda said: bytes((_group(said.group) | 0x04 * said.is_undefined,)),
    ),
    Layout(
        4, ClassCSessionAns, _session_answer_length, _read_session_answer, _write_session_answer
    ),
)
DOWNLINKS: Sequence[Layout] = (
    Layout(0, PackageVersionReq, fixed(0), lambda _: PackageVersionReq(), lambda _: b""),
    Layout(
        1,
        GroupStatusReq,
        fixed(1),
        lambda fields: GroupStatusReq(_masked(fields[0])),
        lambda said: bytes((_mask(said.groups),)),
    ),
    Layout(2, GroupSetupReq, fixed(_SETUP.size), _read_setup, _write_setup),
    Layout(
        3,
        GroupDeleteReq,
        fixed(1),
        lambda fields: GroupDeleteReq(fields[0] & _GROUP),
        lambda said: bytes((_group(said.group),)),
    ),
    Layout(4, ClassCSessionReq, fixed(10), _read_session, _write_session),
)


def decode_uplink(payload: bytes) -> list[MulticastUplink]:
    """What a device says on port 200; raises `DecodeError`."""
    return read_commands(PACKAGE, UPLINKS, payload)


def encode_downlink(*commands: MulticastDownlink) -> PortFrame:
    """Commands to a device; raises `EncodeError`."""
    return PortFrame(PORT, write_commands(PACKAGE, DOWNLINKS, commands))


def decode_downlink(payload: bytes) -> list[MulticastDownlink]:
    """What a device hears: its side, for simulators. Raises `DecodeError`."""
    return read_commands(PACKAGE, DOWNLINKS, payload)


def encode_uplink(*commands: MulticastUplink) -> PortFrame:
    """What a device says: its side, for simulators. Raises `EncodeError`."""
    return PortFrame(PORT, write_commands(PACKAGE, UPLINKS, commands))
