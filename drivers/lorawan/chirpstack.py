"""ChirpStack 4 over MQTT: events from the network server, downlinks to it, in JSON.

The JSON is the protobuf mapping: lowerCamelCase, and a field at its default value is left out
(frame counter 0, acknowledged false, margin 0). Pure: topics and bytes in, values out.
Source: chirpstack/chirpstack-docs, integrations/mqtt.md and events.md; chirpstack/chirpstack,
api/proto/integration/integration.proto.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from drivers.errors import EncodeError, MalformedMessageError, UnknownTopicError
from drivers.lorawan.chirpstack_events import (
    EVENT_TYPES,
    AckEvent,
    AnyEvent,
    DeviceInfo,
    Event,
    IntegrationEvent,
    JoinEvent,
    Location,
    LocationEvent,
    LogEvent,
    Lora,
    Modulation,
    Reception,
    StatusEvent,
    TransmitInfo,
    TxAckEvent,
    UplinkEvent,
)

__all__ = [
    "COMMAND_TOPICS",
    "EVENT_TOPICS",
    "AckEvent",
    "AnyEvent",
    "DeviceInfo",
    "DownlinkCommand",
    "Event",
    "IntegrationEvent",
    "JoinEvent",
    "Location",
    "LocationEvent",
    "LogEvent",
    "Lora",
    "Modulation",
    "Reception",
    "StatusEvent",
    "TransmitInfo",
    "TxAckEvent",
    "UplinkEvent",
    "downlink",
    "encode_event",
    "parse_downlink",
    "parse_event",
]

EVENT_TOPICS = "application/+/device/+/event/+"
"""Subscription that brings every event of every device."""

COMMAND_TOPICS = "application/+/device/+/command/down"

PORT_MIN, PORT_MAX = 1, 223  # LoRaWAN 1.0.3, section 4.3.2: 0 is for the network itself
PAYLOAD_BYTES_MAX = 242  # the largest at any data rate; slower ones take less

_DEV_EUI = re.compile(r"[0-9a-f]{16}")


class DownlinkCommand(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A frame queued for a device; `id` comes back as the `queue_item_id` of events."""

    dev_eui: str
    f_port: int
    data: bytes = b""
    id: str = ""
    confirmed: bool = False
    expires_at: datetime | None = None


_DECODERS: Mapping[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind) for name, kind in EVENT_TYPES.items()
}
_NAMES = {kind: name for name, kind in EVENT_TYPES.items()}
_command_decoder = msgspec.json.Decoder(DownlinkCommand)
_encoder = msgspec.json.Encoder()

# Beside its own errors, msgspec lets these through: a text that is not UTF-8, a nest too deep.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def parse_event(topic: str, payload: bytes) -> AnyEvent:
    """The event of one message; raises `DecodeError` (topic unknown, message malformed).

    The device of the message must be that of the topic: rights are given by topic.
    """
    parts = topic.split("/")
    if len(parts) != 6 or (parts[0], parts[2], parts[4]) != ("application", "device", "event"):
        raise UnknownTopicError(f"{topic!r} is not {EVENT_TOPICS}")
    decoder = _DECODERS.get(parts[5])
    if decoder is None:
        raise UnknownTopicError(f"event {parts[5]!r} is none of {', '.join(_DECODERS)}")
    try:
        event: AnyEvent = decoder.decode(payload)
    except _MALFORMED as error:
        raise MalformedMessageError(f"{parts[5]} event: {error}") from error
    if event.device_info.dev_eui != parts[3]:
        raise MalformedMessageError(
            f"the topic names device {parts[3]}, the message {event.device_info.dev_eui!r}"
        )
    if event.time.tzinfo is None:
        raise MalformedMessageError(f"{parts[5]} event: time {event.time} has no offset")
    return event


def downlink(
    application_id: str,
    dev_eui: str,
    port: int,
    data: bytes,
    queue_item_id: UUID | str,
    confirmed: bool = False,
    expires_at: datetime | None = None,
) -> tuple[str, bytes]:
    """Topic and message that queue a frame for a device.

    `queue_item_id` is ours and comes back with txack, ack and log. After `expires_at` (aware)
    the server drops what it has not sent, and says so with a log event. Raises `EncodeError`.
    """
    if not _DEV_EUI.fullmatch(dev_eui):
        raise EncodeError(f"device {dev_eui!r} is not 16 lower-case hexadecimal digits")
    if not PORT_MIN <= port <= PORT_MAX:
        raise EncodeError(f"port {port} is outside {PORT_MIN}..{PORT_MAX}")
    if len(data) > PAYLOAD_BYTES_MAX:
        raise EncodeError(f"{len(data)} bytes are more than the {PAYLOAD_BYTES_MAX} of LoRaWAN")
    message = DownlinkCommand(
        dev_eui=dev_eui,
        f_port=port,
        data=data,
        id=str(queue_item_id),
        confirmed=confirmed,
        expires_at=None if expires_at is None else expires_at.astimezone(UTC),
    )
    topic = f"application/{application_id}/device/{dev_eui}/command/down"
    return topic, _encoder.encode(message)


def encode_event(event: AnyEvent) -> tuple[str, bytes]:
    """Topic and message of an event as the server publishes it: its side, for simulators."""
    device = f"application/{event.application_id}/device/{event.dev_eui}"
    return f"{device}/event/{_NAMES[type(event)]}", _encoder.encode(event)


def parse_downlink(topic: str, payload: bytes) -> DownlinkCommand:
    """A queued frame as the server reads it: its side, for simulators. Raises `DecodeError`."""
    parts = topic.split("/")
    if len(parts) != 6 or parts[4:] != ["command", "down"]:
        raise UnknownTopicError(f"{topic!r} is not {COMMAND_TOPICS}")
    try:
        command = _command_decoder.decode(payload)
    except _MALFORMED as error:
        raise MalformedMessageError(f"downlink: {error}") from error
    if command.dev_eui != parts[3]:
        raise MalformedMessageError(
            f"the topic names device {parts[3]}, the message {command.dev_eui!r}"
        )
    return command
