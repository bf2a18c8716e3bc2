"""A city's uplinks on MQTT: ChirpStack messages of NAS controllers, published at QoS 1.

Runs in a process of its own on a plain socket. Every second message is a status, the others are
usages; each is a new reading (its own instant, its own counter).
"""

import base64
import itertools
import socket
import struct
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from typing import NamedTuple

from benchmarks._estate import RATED_POWER_W, address_of
from drivers.lorawan import nas

APPLICATION_ID = "17c82e96-be03-4f38-aef3-f83d48582d97"
CHUNK_MESSAGES = 250
# Sent and not yet taken by the broker: a network server does not wait for each message.
IN_FLIGHT_MAX = 5_000
# Published and not yet committed: a queue, not a flood; it is what the measured rate drains.
BACKLOG_MAX = 15_000
_WAIT_S = 0.001
_PACKET_ID_MAX = 0xFFFF
_DISCONNECT = b"\xe0\x00"

# The event of the ChirpStack documentation, as its JSON integration writes it.
_HEAD = '{{"deduplicationId":"3ac7e3c4-4401-4b8d-9386-{number:012x}","time":"'
_MIDDLE = (
    '","deviceInfo":{{"tenantId":"52f14cd4-c6f1-4fbd-8f87-4025e1d49242","tenantName":"Dijon",'
    '"applicationId":"{application}","applicationName":"streetlights",'
    '"deviceProfileId":"14855bf7-d10d-4aee-b618-ebfcb64dc7ad","deviceProfileName":"NAS UL2020",'
    '"deviceName":"olc-{number:06d}","devEui":"{address}","deviceClassEnabled":"CLASS_C",'
    '"tags":{{"street":"rue {street}"}}}},"devAddr":"{number:08x}","adr":true,"dr":5,'
    '"fCnt":{counter},"fPort":{port},"confirmed":false,"data":"'
)
_TAIL = (
    '","rxInfo":[{{"gatewayId":"0016c001f15{gateway:05x}","uplinkId":4217106255,'
    '"nsTime":"2026-11-20T20:00:00.181+00:00","rssi":-84,"snr":8.5,"channel":5,'
    '"location":{{"latitude":47.32,"longitude":5.04,"altitude":245.0}},'
    '"context":"c3RyZWV0bGlnaHQ=","metadata":{{"region_common_name":"EU868",'
    '"region_config_id":"eu868"}},"crcStatus":"CRC_OK"}}],'
    '"txInfo":{{"frequency":868100000,"modulation":{{"lora":{{"bandwidth":125000,'
    '"spreadingFactor":7,"codeRate":"CR_4_5"}}}}}},"regionConfigId":"eu868"}}'
)


class Counters(NamedTuple):
    """What publisher and workers tell each other, in shared memory."""

    published: "Synchronized[int]"
    committed: "Synchronized[int]"
    should_stop: "Synchronized[int]"


class Device(NamedTuple):
    """The parts of a controller's messages that stay the same."""

    topic: bytes
    head: bytes
    status: bytes
    usage: bytes
    tail: bytes


def device(number: int) -> Device:
    """The controller of one light."""
    address = address_of(number)
    values = {
        "number": number,
        "address": address,
        "application": APPLICATION_ID,
        "street": number // 40,
        "gateway": number // 500,
        "counter": number % 60_000,
    }
    topic = f"application/{APPLICATION_ID}/device/{address}/event/up".encode()
    return Device(
        struct.pack(">H", len(topic)) + topic,
        _HEAD.format(**values).encode(),
        _MIDDLE.format(**values, port=23).encode(),
        _MIDDLE.format(**values, port=26).encode(),
        _TAIL.format(**values).encode(),
    )


def packets(light_count: int, now: Callable[[], datetime]) -> Iterator[bytes]:
    """Chunks of PUBLISH packets, for ever: rounds of all lights, status and usage in turn."""
    devices = [device(number) for number in range(light_count)]
    packet_ids = itertools.cycle(range(1, _PACKET_ID_MAX + 1))
    for turn in itertools.count():
        for first in range(0, light_count, CHUNK_MESSAGES):
            at = now()
            instant = at.isoformat().encode()
            payload = _payload(turn, at)
            yield b"".join(
                _packet(one, instant, payload, next(packet_ids), is_status=turn % 2 == 0)
                for one in devices[first : first + CHUNK_MESSAGES]
            )


def _payload(turn: int, at: datetime) -> bytes:
    if turn % 2 == 0:
        said = nas.encode_status_uplink(at, [nas.GearReport(100, gear_status=4)])
    else:
        said = nas.encode_usage_uplink(
            active_energy_wh=1_000_000 + 16 * turn,
            active_power_w=int(RATED_POWER_W) + turn % 5,
            power_factor=0.97,
            supply_voltage_v=228 + turn % 5,
            burning_time_s=3_600_000 + 900 * turn,
        )
    return base64.b64encode(said.payload)


def _packet(
    one: Device, instant: bytes, payload: bytes, packet_id: int, *, is_status: bool
) -> bytes:
    middle = one.status if is_status else one.usage
    body = b"".join(
        (one.topic, packet_id.to_bytes(2, "big"), one.head, instant, middle, payload, one.tail)
    )
    return b"\x32" + _length(len(body)) + body


def _length(length: int) -> bytes:
    low, high = length & 0x7F, length >> 7
    return bytes((low,)) if not high else bytes((low | 0x80, high))


def publish(host: str, port: int, light_count: int, counters: Counters, rate: float) -> None:
    """Publish until told to stop: at `rate` messages a second, or (0) as fast as they are taken."""
    with socket.create_connection((host, port)) as line:
        _connect(line)
        started_s = time.monotonic()
        in_flight = 0
        for sent, chunk in enumerate(packets(light_count, lambda: datetime.now(UTC))):
            if counters.should_stop.value:
                break
            line.sendall(chunk)
            counters.published.value += CHUNK_MESSAGES
            in_flight += CHUNK_MESSAGES - _acknowledged(line, must_wait=in_flight > IN_FLIGHT_MAX)
            while _is_ahead(counters, rate, sent, started_s) and not counters.should_stop.value:
                in_flight -= _acknowledged(line, must_wait=False)
                time.sleep(_WAIT_S)
        while in_flight:  # to hang up on unread acknowledgements would lose what was just sent
            in_flight -= _acknowledged(line, must_wait=True)
        line.sendall(_DISCONNECT)


def _connect(line: socket.socket) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    name = b"network-server"
    body = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack(">H", len(name)) + name
    line.sendall(b"\x10" + _length(len(body)) + body)
    if line.recv(4) != b"\x20\x02\x00\x00":
        raise ConnectionError("the broker refused the publisher")


def _acknowledged(line: socket.socket, *, must_wait: bool) -> int:
    """How many PUBACKs (4 bytes each) have come; what is left of one is read the next time."""
    try:
        data = line.recv(65_536, 0 if must_wait else socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 0
    while len(data) % 4:
        data += line.recv(4 - len(data) % 4)
    return len(data) // 4


def _is_ahead(counters: Counters, rate: float, sent: int, started_s: float) -> bool:
    if counters.published.value - counters.committed.value > BACKLOG_MAX:
        return True
    return rate > 0 and (sent + 1) * CHUNK_MESSAGES > rate * (time.monotonic() - started_s)
