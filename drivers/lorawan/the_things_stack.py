"""The Things Stack 3 over MQTT: messages from the application server, downlinks to it, in JSON.

Its MQTT server knows QoS 0 only: what is published while nobody is connected is lost, and an
order may be lost on its way (`docs/networks-lorawan.md` says what follows). Pure: topics and
bytes in, values out.
Source: TheThingsNetwork/lorawan-stack, pkg/applicationserver/io/mqtt/topics/v3.go;
thethingsindustries.com, "MQTT Server" and "Data Formats".
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from drivers.errors import EncodeError, MalformedMessageError, UnknownTopicError
from drivers.lorawan.the_things_stack_events import (
    BODY_OF_TOPIC,
    Body,
    ClassBC,
    Downlink,
    Downlinks,
    GatewayIds,
    GatewayTarget,
    Message,
)

TOPIC_FILTER = "v3/+/devices/+/#"
"""Subscription that brings every message of every device of an application."""

PORT_MIN, PORT_MAX = 1, 223  # LoRaWAN 1.0.3, section 4.3.2: 0 is for the network itself
PAYLOAD_BYTES_MAX = 242
ORDER_PREFIX = "reverbere:"
PRIORITY = "NORMAL"
DOWNLINK_KINDS = ("push", "replace")

_DEVICE_ID = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,35}")
_APPLICATION = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,35}(?:@[a-z0-9](?:-?[a-z0-9]){2,35})?")

_message = msgspec.json.Decoder(Message)
_downlinks = msgspec.json.Decoder(Downlinks)
_encoder = msgspec.json.Encoder()

# Beside its own errors, msgspec lets these through: a text that is not UTF-8, a nest too deep.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Said(NamedTuple):
    """One message: about which device, of which kind (`up`, `down/sent` …), and its body."""

    kind: str
    application: str
    message: Message
    body: Body


class AskedDownlink(NamedTuple):
    """Downlinks as the server is asked for them; `replace` empties the queue before."""

    kind: str
    application: str
    device_id: str
    downlinks: Sequence[Downlink]


def parse_message(topic: str, payload: bytes) -> Said:
    """One message; raises `DecodeError` (topic unknown, message malformed).

    The device of the message must be that of the topic: rights are given by topic.
    """
    application, device_id, kind = _parts(topic)
    body_name = BODY_OF_TOPIC.get(kind)
    if body_name is None:
        raise UnknownTopicError(f"{kind!r} is none of {', '.join(BODY_OF_TOPIC)}")
    try:
        message = _message.decode(payload)
    except _MALFORMED as error:
        raise MalformedMessageError(f"{kind}: {error}") from error
    body: Body | None = getattr(message, body_name)
    if body is None:
        raise MalformedMessageError(f"{kind}: the message holds no {body_name}")
    if message.device_id != device_id:
        raise MalformedMessageError(
            f"the topic names device {device_id}, the message {message.device_id!r}"
        )
    return Said(kind, application, message, body)


def _parts(topic: str) -> tuple[str, str, str]:
    parts = topic.split("/")
    if len(parts) < 5 or (parts[0], parts[2]) != ("v3", "devices"):
        raise UnknownTopicError(f"{topic!r} is not {TOPIC_FILTER}")
    return parts[1], parts[3], "/".join(parts[4:])


def downlink(
    application: str,
    device_id: str,
    port: int,
    data: bytes,
    order_id: UUID | str,
    *,
    confirmed: bool = False,
    replaces_queue: bool = False,
    gateways: Iterable[str] = (),
) -> tuple[str, bytes]:
    """Topic and message that queue a frame; `application` is `app@tenant`, or `app`.

    `order_id` is ours and comes back in the `correlation_ids` of every `down/…` message. There is
    no expiry: `replaces_queue` empties the device's queue first, so that a frame that waits for an
    uplink never outlives the order that follows it. `gateways` are needed by a multicast device
    only. Raises `EncodeError`.
    """
    if not _APPLICATION.fullmatch(application):
        raise EncodeError(f"application {application!r} is not written app@tenant, or app")
    if not _DEVICE_ID.fullmatch(device_id):
        raise EncodeError(f"{device_id!r} cannot be a device of The Things Stack")
    if not PORT_MIN <= port <= PORT_MAX:
        raise EncodeError(f"port {port} is outside {PORT_MIN}..{PORT_MAX}")
    if len(data) > PAYLOAD_BYTES_MAX:
        raise EncodeError(f"{len(data)} bytes are more than the {PAYLOAD_BYTES_MAX} of LoRaWAN")
    through = tuple(GatewayTarget(GatewayIds(gateway)) for gateway in gateways)
    frame = Downlink(
        f_port=port,
        frm_payload=data,
        confirmed=confirmed,
        priority=PRIORITY,
        correlation_ids=(f"{ORDER_PREFIX}{order_id}",),
        class_b_c=ClassBC(through) if through else None,
    )
    return push(application, device_id, [frame], replaces_queue=replaces_queue)


def push(
    application: str, device_id: str, frames: Sequence[Downlink], *, replaces_queue: bool = False
) -> tuple[str, bytes]:
    """Topic and message that queue frames as they are."""
    kind = DOWNLINK_KINDS[replaces_queue]
    topic = f"v3/{application}/devices/{device_id}/down/{kind}"
    return topic, _encoder.encode(Downlinks(tuple(frames)))


def order_id(*correlations: Sequence[str]) -> str | None:
    """Our order among the correlation identifiers of a message and of its downlink."""
    for identifiers in correlations:
        for identifier in identifiers:
            if identifier.startswith(ORDER_PREFIX):
                return identifier.removeprefix(ORDER_PREFIX)
    return None


def default_device_id(dev_eui: str) -> str:
    """How the console and the command line of The Things Stack name a device themselves."""
    return f"eui-{dev_eui}"


def encode_message(said: Said) -> tuple[str, bytes]:
    """Topic and message as the server publishes it: its side, for simulators."""
    device = f"v3/{said.application}/devices/{said.message.device_id}"
    return f"{device}/{said.kind}", _encoder.encode(said.message)


def parse_downlink(topic: str, payload: bytes) -> AskedDownlink:
    """Queued frames as the server reads them: its side, for simulators. Raises `DecodeError`."""
    application, device_id, kind = _parts(topic)
    word = kind.removeprefix("down/")
    if not kind.startswith("down/") or word not in DOWNLINK_KINDS:
        raise UnknownTopicError(f"{topic!r} queues no downlink")
    try:
        asked = _downlinks.decode(payload)
    except _MALFORMED as error:
        raise MalformedMessageError(f"downlinks: {error}") from error
    return AskedDownlink(word, application, device_id, asked.downlinks)
