"""Kinds of fields that only config packets have: days, times of day, sun angles, lux, fades."""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from drivers.errors import EncodeError
from drivers.lorawan.nas.fields import Choice, Number
from drivers.lorawan.nas.packet import Fields, Reader, beneath, given

DAYS = ("holiday", "mon", "tue", "wed", "thu", "fri", "sat", "sun")

# DALI fade times, 0.5 * sqrt(2 ** index) seconds, rounded as the vendor writes them.
_FADES_S = (0.5, 0.71, 1, 1.41, 2, 2.83, 4, 5.66, 8, 11.31, 16, 22.63, 32, 45.25, 64, 90.51)

FADE_TIME = Choice("fade_duration__s", {**dict(enumerate(_FADES_S)), 0xFF: "ignore"})


@dataclass(frozen=True, slots=True)
class Days:
    """One byte of weekdays, holiday lowest, as a list of names."""

    name: str = "days_active"

    def read(self, reader: Reader, into: Fields) -> None:
        into[self.name] = day_names(reader.take_byte(self.name))

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        names = set(given(fields, self.name))
        if names - set(DAYS):
            raise EncodeError(f"{self.name}: {sorted(names - set(DAYS))} are none of {DAYS}")
        out.append(sum(1 << DAYS.index(name) for name in names))


def day_names(raw: int) -> list[str]:
    return [name for bit, name in enumerate(DAYS) if raw >> bit & 1]


@dataclass(frozen=True, slots=True)
class SunOffsets:
    """Minutes from sunrise and sunset, firmware 1.0; both -1 switch the calendar off."""

    names: tuple[str, str] = ("sunrise_offset__minutes", "sunset_offset__minutes")

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take(2, " and ".join(self.names))
        is_off = raw == b"\xff\xff"
        values = ("disabled", "disabled") if is_off else struct.unpack("bb", raw)
        into.update(zip(self.names, values, strict=True))

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        for name in self.names:
            Number(name, "b", words={-1: "disabled"}).write(fields, out)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """Time of day in units of ten minutes, as HH:MM."""

    name: str = "step_time"

    def read(self, reader: Reader, into: Fields) -> None:
        hour, tens = divmod(reader.take_byte(self.name), 6)
        into[self.name] = f"{hour:02d}:{tens * 10:02d}"

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        text = str(given(fields, self.name))
        hour, _, minute = text.partition(":")
        if not (hour.isdigit() and minute.isdigit() and int(minute) % 10 == 0):
            raise EncodeError(f"{self.name}={text!r} is not HH:MM in steps of ten minutes")
        tens = int(hour) * 6 + int(minute) // 10
        if tens > 0xFF:
            raise EncodeError(f"{self.name}={text!r} is past the last step, 42:30")
        out.append(tens)


@dataclass(frozen=True, slots=True)
class MonthDays:
    """Dates of the year, month then day, as MM/DD."""

    name: str = "holidays"

    def read(self, reader: Reader, into: Fields) -> None:
        count = reader.counts.get(self.name)
        dates: list[str] = []
        while len(dates) < count if count is not None else reader.left:
            month, day = reader.take(2, self.name)
            dates.append(f"{month:02d}/{day:02d}")
        into[self.name] = dates

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        for text in given(fields, self.name):
            month, _, day = str(text).partition("/")
            if not (month.isdigit() and day.isdigit() and int(month) < 256 and int(day) < 256):
                raise EncodeError(f"{self.name}: {text!r} is not MM/DD")
            out += bytes((int(month), int(day)))


@dataclass(frozen=True, slots=True)
class ZenithAngle:
    """Angle of the sun from the zenith: 90 degrees plus a sixth of a degree per unit, as text."""

    name: str = "zenith_angle__deg"

    def read(self, reader: Reader, into: Fields) -> None:
        (raw,) = struct.unpack("b", reader.take(1, self.name))
        into[self.name] = fixed(raw / 6 + 90, 2)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        raw = round((float(given(fields, self.name)) - 90) * 6)
        if not -128 <= raw <= 127:
            raise EncodeError(f"{self.name}={fields[self.name]} is outside 68.67..111.17 degrees")
        out += struct.pack("b", raw)


@dataclass(frozen=True, slots=True)
class Lux:
    """Illuminance as f32, written with about four significant digits as text."""

    name: str = "light_level__lx"

    def read(self, reader: Reader, into: Fields) -> None:
        raw = reader.take(4, self.name)
        into[self.name] = _f32_text(raw)
        into.beneath[self] = int.from_bytes(raw, "little")

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        text = str(given(fields, self.name))
        read = (beneath(fields, self) or 0).to_bytes(4, "little")
        out += read if _f32_text(read) == text else _f32_cut(text)


def _f32_text(raw: bytes) -> str:
    (lux,) = struct.unpack("<f", raw)
    return lux_text(lux) if math.isfinite(lux) else str(lux)


def _f32_cut(text: str) -> bytes:
    """f32 with the mantissa cut off where IEEE 754 would round it, as the vendor's encoder does."""
    try:
        lux = float(text)
        raw = struct.pack("<f", lux)
    except (ValueError, OverflowError) as error:
        raise EncodeError(f"light_level__lx={text!r} is no illuminance") from error
    if abs(struct.unpack("<f", raw)[0]) > abs(lux):
        raw = (int.from_bytes(raw, "little") - 1).to_bytes(4, "little")
    return raw


def lux_text(lux: float) -> str:
    """Illuminance with the vendor's number of decimals: three below 10 lx, none from 1000 lx."""
    decades = math.log10(lux) if lux > 1 else 0
    return fixed(lux, 3 - int(min(decades, 3)))


_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)  # the largest f32 has 39 digits


def fixed(value: float, decimals: int) -> str:
    """Fixed-point text with ties away from zero, as the published codec writes it."""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-decimals), context=_EXACT):f}"


@dataclass(frozen=True, slots=True)
class BootDelay:
    """Random delay after power up: one byte in firmware 1.0 while it fits, two after."""

    prefers_byte: bool
    name: str = "boot_delay_range__s"

    def read(self, reader: Reader, into: Fields) -> None:
        size = 1 if reader.left == 1 else 2
        into[self.name] = int.from_bytes(reader.take(size, self.name), "little")
        into.beneath[self] = size

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        size = beneath(fields, self) or (1 if self.prefers_byte else 2)
        fits_byte = given(fields, self.name) <= 0xFF
        Number(self.name, "B" if size == 1 and fits_byte else "H").write(fields, out)
