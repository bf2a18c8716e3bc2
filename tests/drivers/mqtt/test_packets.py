"""MQTT packets are found in a stream however it is cut."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.mqtt.errors import StreamBrokenError
from drivers.mqtt.packets import find_packet, pubacks, read_publish


def packet(header: int, content: bytes) -> bytes:
    length, head = len(content), bytearray((header,))
    while True:
        length, low = divmod(length, 128)
        head.append(low | (0x80 if length else 0))
        if not length:
            return bytes(head) + content


def publish(topic: str, payload: bytes, packet_id: int, properties: bytes | None = None) -> bytes:
    raw = topic.encode()
    content = pack(">H", len(raw)) + raw
    if packet_id:
        content += pack(">H", packet_id)
    if properties is not None:
        content += packet(0, properties)[1:]
    return packet(0x32 if packet_id else 0x30, content + payload)


topics = st.text(min_size=1, max_size=40)
payloads = st.binary(max_size=300)


@given(contents=st.lists(st.binary(max_size=300), max_size=8), cut=st.integers(0, 3000))
def test_packets_are_found_in_any_piece_of_a_stream(contents: list[bytes], cut: int) -> None:
    stream = b"".join(packet(0x20 + at, content) for at, content in enumerate(contents))
    piece = stream[:cut]
    found, at = [], 0
    while (span := find_packet(piece, at)) is not None:
        found.append((span.header, piece[span.body_at : span.end]))
        at = span.end
    assert found == [(0x20 + at, content) for at, content in enumerate(contents)][: len(found)]
    rest = stream[at:]
    following = find_packet(stream, at) if rest else None
    assert following is None or following.end > len(piece)


@given(topic=topics, payload=payloads, packet_id=st.integers(0, 65_535))
def test_a_publish_is_read(topic: str, payload: bytes, packet_id: int) -> None:
    stream = b"\xc0\x00" + publish(topic, payload, packet_id)
    span = find_packet(stream, 2)
    assert span is not None
    assert read_publish(stream, span, has_properties=False) == (topic, payload, packet_id)


@given(topic=topics, payload=payloads, properties=st.binary(max_size=200))
def test_properties_of_a_publish_are_skipped(topic: str, payload: bytes, properties: bytes) -> None:
    stream = publish(topic, payload, 7, properties)
    span = find_packet(stream, 0)
    assert span is not None
    assert read_publish(stream, span, has_properties=True) == (topic, payload, 7)


def test_a_packet_of_an_endless_length_breaks_the_stream() -> None:
    with pytest.raises(StreamBrokenError):
        find_packet(b"\x30\xff\xff\xff\xff\x01", 0)


@pytest.mark.parametrize("content", [b"", b"\x00", b"\x00\x05ab", b"\x00\x02ab", b"\x00\x02ab\x00"])
def test_a_publish_shorter_than_its_fields_breaks_the_stream(content: bytes) -> None:
    stream = packet(0x32, content)
    span = find_packet(stream, 0)
    assert span is not None
    with pytest.raises(StreamBrokenError):
        read_publish(stream, span, has_properties=False)


def test_acknowledgements_are_written_in_order() -> None:
    assert pubacks([1, 0x1234]) == b"\x40\x02\x00\x01\x40\x02\x12\x34"
