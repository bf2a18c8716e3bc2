"""Clock synchronisation, TS003: a device asks by how much its clock is wrong.

Source: LoRa Alliance TS003-1.0.0; bytes as in chirpstack/chirpstack, lrwn/src/applayer/clocksync.
"""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct as Fields
from typing import TypeAlias

from msgspec import Struct

from drivers.contract import PortFrame
from drivers.errors import EncodeError
from drivers.lorawan.packages.gps_time import WRAP_S, gps_seconds
from drivers.lorawan.packages.layout import (
    Layout,
    checked,
    fixed,
    read_commands,
    write_commands,
)

PORT = 202
PACKAGE = "clock sync"
TOKEN_MAX = 15
TRANSMISSIONS_MAX = 7
# A device asks every 128 × 2^period seconds, give or take 30 s.
PERIOD_MAX = 15

_ANSWER_REQUIRED = 0x10
_TIME = Fields("<IB")
_CORRECTION = Fields("<iB")
_PERIODICITY = Fields("<BI")


class PackageVersionReq(Struct, frozen=True):
    """Which package and version do you hold?"""


class PackageVersionAns(Struct, frozen=True):
    """The device's package (1 is clock sync) and its version."""

    package: int
    version: int


class AppTimeReq(Struct, frozen=True):
    """The device's own clock, in GPS seconds; unless `is_answer_required`, a right clock needs
    no answer."""

    device_time_s: int
    token: int
    is_answer_required: bool


class AppTimeAns(Struct, frozen=True):
    """By how many seconds the device must correct its clock; `token` repeats the request's."""

    correction_s: int
    token: int


class PeriodicityReq(Struct, frozen=True):
    """Ask every 128 × 2^period seconds."""

    period: int


class PeriodicityAns(Struct, frozen=True):
    """Whether the device can, and its clock (GPS seconds)."""

    is_supported: bool
    device_time_s: int


class ForceResyncReq(Struct, frozen=True):
    """Ask for the time now, so many times unless answered before."""

    transmissions: int


ClockUplink: TypeAlias = PackageVersionAns | AppTimeReq | PeriodicityAns
ClockDownlink: TypeAlias = PackageVersionReq | AppTimeAns | PeriodicityReq | ForceResyncReq


def _read_time(fields: bytes) -> AppTimeReq:
    device_time_s, flags = _TIME.unpack(fields)
    return AppTimeReq(device_time_s, flags & TOKEN_MAX, bool(flags & _ANSWER_REQUIRED))


def _write_time(said: AppTimeReq) -> bytes:
    flags = checked("token", said.token, TOKEN_MAX) | _ANSWER_REQUIRED * said.is_answer_required
    return _TIME.pack(checked("device time", said.device_time_s, WRAP_S - 1), flags)


def _read_answer(fields: bytes) -> AppTimeAns:
    correction_s, flags = _CORRECTION.unpack(fields)
    return AppTimeAns(correction_s, flags & TOKEN_MAX)


def _write_answer(said: AppTimeAns) -> bytes:
    if not -(1 << 31) <= said.correction_s < 1 << 31:
        raise EncodeError(f"a correction of {said.correction_s} s does not fit in 32 bits")
    return _CORRECTION.pack(said.correction_s, checked("token", said.token, TOKEN_MAX))


def _read_periodicity(fields: bytes) -> PeriodicityAns:
    status, device_time_s = _PERIODICITY.unpack(fields)
    return PeriodicityAns(not status & 1, device_time_s)


def _write_periodicity(said: PeriodicityAns) -> bytes:
    return _PERIODICITY.pack(not said.is_supported, said.device_time_s)


UPLINKS: Sequence[Layout] = (
    Layout(
        0,
        PackageVersionAns,
        fixed(2),
        lambda fields: PackageVersionAns(*fields),
        lambda said: bytes((said.package, said.version)),
    ),
    Layout(1, AppTimeReq, fixed(5), _read_time, _write_time),
    Layout(2, PeriodicityAns, fixed(5), _read_periodicity, _write_periodicity),
)
DOWNLINKS: Sequence[Layout] = (
    Layout(0, PackageVersionReq, fixed(0), lambda _: PackageVersionReq(), lambda _: b""),
    Layout(1, AppTimeAns, fixed(5), _read_answer, _write_answer),
    Layout(
        2,
        PeriodicityReq,
        fixed(1),
        lambda fields: PeriodicityReq(fields[0] & PERIOD_MAX),
        lambda said: bytes((checked("period", said.period, PERIOD_MAX),)),
    ),
    Layout(
        3,
        ForceResyncReq,
        fixed(1),
        lambda fields: ForceResyncReq(fields[0] & TRANSMISSIONS_MAX),
        lambda said: bytes((checked("transmissions", said.transmissions, TRANSMISSIONS_MAX),)),
    ),
)


def decode_uplink(payload: bytes) -> list[ClockUplink]:
    """What a device says on port 202; raises `DecodeError`."""
    return read_commands(PACKAGE, UPLINKS, payload)


def encode_downlink(*commands: ClockDownlink) -> PortFrame:
    """Commands to a device; raises `EncodeError`."""
    return PortFrame(PORT, write_commands(PACKAGE, DOWNLINKS, commands))


def decode_downlink(payload: bytes) -> list[ClockDownlink]:
    """What a device hears: its side, for simulators. Raises `DecodeError`."""
    return read_commands(PACKAGE, DOWNLINKS, payload)


def encode_uplink(*commands: ClockUplink) -> PortFrame:
    """What a device says: its side, for simulators. Raises `EncodeError`."""
    return PortFrame(PORT, write_commands(PACKAGE, UPLINKS, commands))


def answer(asked: AppTimeReq, heard_at: datetime) -> AppTimeAns | None:
    """The correction of a device's clock, whose frame was heard at `heard_at`.

    None where the clock is right and no answer was required. Clocks wrap at 2³² seconds, so the
    correction is the shorter way round.
    """
    ahead_s = (gps_seconds(heard_at) - asked.device_time_s) % WRAP_S
    correction_s = ahead_s - WRAP_S if ahead_s >= WRAP_S // 2 else ahead_s
    if correction_s == 0 and not asked.is_answer_required:
        return None
    return AppTimeAns(correction_s, asked.token)
