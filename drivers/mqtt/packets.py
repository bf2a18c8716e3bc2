"""MQTT packets in a stream of bytes: where they end, and what a PUBLISH holds.

Source: MQTT 3.1.1 and 5.0 (OASIS), sections 2.1 (fixed header), 3.3 (PUBLISH), 3.4 (PUBACK).
"""

from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from drivers.mqtt.errors import StreamBrokenError

PUBLISH = 0x30
KIND = 0xF0
_QOS = 0x06
_LENGTH_SHIFT_MAX = 21  # a remaining length has at most four bytes of seven bits

_PUBACK = Struct(">BBH")


class Span(NamedTuple):
    """Where one complete packet lies: its first byte, its content, and its end."""

    header: int
    body_at: int
    end: int


def find_packet(data: bytes, start: int) -> Span | None:
    """The packet that begins at `start`; None while not all of it is there."""
    length = shift = 0
    at = start + 1
    available = len(data)
    while at < available:
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            end = at + length
            return Span(data[start], at, end) if end <= available else None
        shift += 7
        if shift > _LENGTH_SHIFT_MAX:
            raise StreamBrokenError("a packet length of more than four bytes")
    return None


def read_publish(data: bytes, span: Span, has_properties: bool) -> tuple[str, bytes, int]:
    """Topic, payload and packet identifier (0 for QoS 0) of a PUBLISH."""
    header, at, end = span
    packet_id = 0
    try:
        topic_at = at + 2
        at = topic_at + (data[at] << 8 | data[at + 1])
        topic = data[topic_at:at].decode(errors="replace")
        if header & _QOS:
            packet_id = data[at] << 8 | data[at + 1]
            at += 2
        if has_properties:
            at = _skip_properties(data, at)
    except IndexError as error:
        raise StreamBrokenError("a PUBLISH shorter than its own fields") from error
    if at > end:
        raise StreamBrokenError("a PUBLISH shorter than its own fields")
    return topic, data[at:end], packet_id


def _skip_properties(data: bytes, at: int) -> int:
    """They are a length of one to four bytes and that many bytes."""
    length = shift = 0
    while data[at] & 0x80:
        length |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
    return at + 1 + (length | data[at] << shift)


def pubacks(packet_ids: Iterable[int]) -> bytes:
    """One PUBACK each, in the order given."""
    return b"".join(_PUBACK.pack(0x40, 2, packet_id) for packet_id in packet_ids)
