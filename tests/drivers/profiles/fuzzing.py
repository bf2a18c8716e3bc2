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
    """Recorded frames to begin with, and what begins the records of a layout."""
    recorded = [(frame.port, bytes.fromhex(frame.hex)) for frame in profiles.frames(name)]
    begun = [(port, key + bytes(8)) for port in ports(name)[:-1] for key in record_keys(name)]
    return recorded + begun or [(port, b"") for port in ports(name)]


@cache
def record_keys(name: str) -> Sequence[bytes]:
    """The keys of a layout's own records."""
    layout = profiles.load(name).codec.content
    if not isinstance(layout, Layout) or layout.uplinks is None:
        return ()
    keys = [[one.key] if isinstance(one.key, str) else one.key for one in layout.uplinks.records]
    return tuple(bytes.fromhex(key) for several in keys for key in several)


def damaged(random: Random, name: str) -> tuple[int, bytes]:
    """A frame of the model after some accidents, each as likely as the others."""
    port, frame = random.choice(seeds(name))
    payload = bytearray(frame)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(payload))
        match random.randrange(7):
            case 0 if payload:
                payload[at % len(payload)] ^= 1 << random.randrange(8)
            case 1 if payload:
                payload[at % len(payload)] = random.choice((0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF))
            case 2:
                payload[at:at] = random.randbytes(random.randint(1, 8))
            case 3:
                del payload[at : at + random.randint(1, 8)]
            case 4:
                payload[at:at] = payload[at : at + random.randint(1, 16)]
            case 5:
                payload[at:] = random.choice(seeds(name))[1][at:]
            case _:
                payload[at:at] = random.choice(record_keys(name) or (b"\xff",))
    if random.random() < 0.05:
        port = random.choice(ports(name))
    return port, bytes(payload[:FRAME_BYTES_MAX])


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
