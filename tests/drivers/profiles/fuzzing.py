"""Damaged frames for every codec, and what must be true whatever comes of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random

import msgspec

from drivers import profiles
from drivers.contract import Ability, Decoded
from drivers.errors import DecodeError
from drivers.layouts import Layout
from drivers.layouts.model import Field, NumberType
from drivers.layouts.numbers import WIDTHS
from drivers.profiles import Profile
from drivers.quantities import is_possible

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
FRAME_BYTES_MAX = 512

# A frame of n bytes says at most so many things, in at most so many characters of JSON.
THINGS_MIN, THINGS_PER_BYTE = 64, 16
CHARACTERS_MIN, CHARACTERS_PER_BYTE = 4096, 512


def listening() -> Sequence[Profile]:
    """The profiles whose codec reads frames."""
    return [one for one in profiles.all_profiles() if Ability.LISTENS in one.abilities]


@cache
def ports(name: str) -> Sequence[int]:
    """Ports the model sends on, and one it does not."""
    known = [uplink.port for uplink in profiles.load(name).uplink_ports]
    return (*(1 if port == "any" else port for port in known), 222)


@cache
def seeds(name: str) -> Sequence[tuple[int, bytes]]:
    """Recorded frames to begin with, and each record of a layout by itself."""
    recorded = [(frame.port, bytes.fromhex(frame.hex)) for frame in profiles.frames(name)]
    alone = [(port, record) for port in ports(name)[:-1] for record in records(name)]
    return recorded + alone or [(port, b"") for port in ports(name)]


@cache
def records(name: str) -> Sequence[bytes]:
    """The records of a layout, all zero behind their keys."""
    layout = profiles.load(name).codec.content
    if not isinstance(layout, Layout) or layout.uplinks is None:
        return ()
    found = []
    for record in layout.uplinks.records:
        body = bytes(sum(_size(field) for field in record.fields))
        keys = [record.key] if isinstance(record.key, str) else record.key
        found += [bytes.fromhex(key) + body for key in keys]
    return found


def _size(field: Field) -> int:
    if field.type is NumberType.BYTES:
        return field.length if isinstance(field.length, int) else 0
    return WIDTHS[field.type].size


def damaged(random: Random, name: str) -> tuple[int, bytes]:
    """A frame of the model after some accidents, each as likely as the others."""
    port, frame = random.choice(seeds(name))
    payload = bytearray(frame)
    for _ in range(random.randint(1, 4)):
        _damage(random, name, payload)
    if random.random() < 0.05:
        port = random.choice(ports(name))
    return port, bytes(payload[:FRAME_BYTES_MAX])


def _damage(random: Random, name: str, payload: bytearray) -> None:
    at = random.randint(0, len(payload))
    match random.randrange(8):
        case 0 | 1 if payload:
            payload[at % len(payload)] ^= 1 << random.randrange(8)
        case 2 | 3 if payload:
            payload[at % len(payload)] = random.choice((0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF))
        case 4:
            payload[at:at] = random.randbytes(random.randint(1, 8))
        case 5:
            del payload[at : at + random.randint(1, 8)]
        case 6:
            payload[at:at] = payload[at : at + random.randint(1, 16)]
        case _:
            payload += random.choice(records(name) or (random.choice(seeds(name))[1],))


def judge(name: str, port: int, payload: bytes) -> bool:
    """Whether the frame could be read; fails when the codec does what no codec may."""
    codec = profiles.listener(name)
    try:
        decoded = codec.decode_uplink(port, payload, AT)
    except DecodeError as refusal:
        if not (str(refusal) and refusal.code):
            raise AssertionError("a refusal has a code and says why") from refusal
        return False
    _check(decoded, len(payload))
    return True


def _check(decoded: Decoded, size: int) -> None:
    things = len(decoded.readings) + len(decoded.events) + len(decoded.acknowledgements)
    assert things <= THINGS_MIN + THINGS_PER_BYTE * size, "more said than the frame can hold"
    for reading in decoded.readings:
        assert is_possible(reading), f"impossible: {reading}"
        assert reading.measured_at.tzinfo is not None
    for event in decoded.events:
        assert event.at.tzinfo is not None
        _check_detail(event.detail, size)
    for acknowledgement in decoded.acknowledgements:
        assert acknowledgement.at.tzinfo is not None
        _check_detail(getattr(acknowledgement, "detail", {}), size)


def _check_detail(detail: Mapping[str, object], size: int) -> None:
    """Details are kept as JSON: of what JSON knows, without halves of characters."""
    assert len(msgspec.json.encode(detail)) <= CHARACTERS_MIN + CHARACTERS_PER_BYTE * size
