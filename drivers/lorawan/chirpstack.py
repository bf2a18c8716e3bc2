"""ChirpStack 4 over MQTT: events from the network server, downlinks to it, in JSON.

The JSON is the protobuf mapping: lowerCamelCase, and a field at its default value is left out
(frame counter 0, acknowledged false, margin 0). Pure: topics and bytes in, values out.
Source: chirpstack/chirpstack-docs, integrations/mqtt.md and events.md; chirpstack/chirpstack,
api/proto/integration/integration.proto.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct

from drivers.errors import EncodeError, MalformedMessageError, UnknownTopicError

EVENT_TOPICS = "application/+/device/+/event/+"
"""Subscription that brings every event of every device."""

COMMAND_TOPICS = "application/+/device/+/command/down"

PORT_MIN, PORT_MAX = 1, 223  # LoRaWAN 1.0.3, section 4.3.2: 0 is for the network itself
PAYLOAD_BYTES_MAX = 242  # the largest at any data rate; slower ones take less

_DEV_EUI = re.compile(r"[0-9a-f]{16}")


class DeviceInfo(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Which device, in whose application."""

    tenant_id: str = ""
    tenant_name: str = ""
    application_id: str = ""
    application_name: str = ""
    device_profile_id: str = ""
    device_profile_name: str = ""
    device_name: str = ""
    dev_eui: str = ""
    device_class_enabled: str = ""
    tags: dict[str, str] = {}


class Location(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A position, in degrees and metres."""

    latitude: float = 0.0
    longitude: float = 0.0
    altitude: float = 0.0


class Reception(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How one gateway heard an uplink."""

    gateway_id: str = ""
    uplink_id: int = 0
    rssi: int = 0
    snr: float = 0.0
    location: Location | None = None


class Lora(Struct, frozen=True, rename="camel", omit_defaults=True):
    """LoRa modulation; bandwidth in Hz."""

    bandwidth: int = 0
    spreading_factor: int = 0
    code_rate: str = ""


class Modulation(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Only LoRa is told in detail."""

    lora: Lora | None = None


class TransmitInfo(Struct, frozen=True, rename="camel", omit_defaults=True):
    """On which frequency (Hz), at which power (dBm, downlinks only)."""

    frequency: int = 0
    power: int = 0
    modulation: Modulation | None = None


class Event(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What all events tell; `time` is when the network server made it, the same when repeated."""

    time: datetime
    device_info: DeviceInfo

    @property
    def dev_eui(self) -> str:
        """Lower-case hexadecimal, 16 digits."""
        return self.device_info.dev_eui

    @property
    def application_id(self) -> str:
        return self.device_info.application_id


class UplinkEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """A frame of a device; `data` is its bytes, `f_port` 0 when it only carried MAC commands."""

    deduplication_id: str = ""
    dev_addr: str = ""
    adr: bool = False
    dr: int = 0
    f_cnt: int = 0
    f_port: int = 0
    confirmed: bool = False
    data: bytes = b""
    rx_info: tuple[Reception, ...] = ()
    tx_info: TransmitInfo | None = None
    region_config_id: str = ""

    @property
    def best_reception(self) -> Reception | None:
        """The gateway that heard it best, by signal to noise, then by strength."""
        return max(self.rx_info, key=lambda each: (each.snr, each.rssi), default=None)


class JoinEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """A device joined the network and has a new address."""

    deduplication_id: str = ""
    dev_addr: str = ""


class AckEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """A device answered a confirmed downlink, or did not in time (`acknowledged` false)."""

    deduplication_id: str = ""
    queue_item_id: str = ""
    acknowledged: bool = False
    f_cnt_down: int = 0


class TxAckEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """A gateway sent a downlink."""

    downlink_id: int = 0
    queue_item_id: str = ""
    f_cnt_down: int = 0
    gateway_id: str = ""
    tx_info: TransmitInfo | None = None


class StatusEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """Answer to the LoRaWAN DevStatusReq; margin in dB, battery in percent."""

    deduplication_id: str = ""
    margin: int = 0
    external_power_source: bool = False
    battery_level_unavailable: bool = False
    battery_level: float = 0.0


class LogEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """Something went wrong for a device; `code` such as EXPIRED or DOWNLINK_PAYLOAD_SIZE.

    `context` of a downlink names its `queue_item_id`.
    """

    level: str = "INFO"
    code: str = "UNKNOWN"
    description: str = ""
    context: dict[str, str] = {}

    @property
    def queue_item_id(self) -> str | None:
        return self.context.get("queue_item_id")


class LocationEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """A device was located."""

    location: Location | None = None
    deduplication_id: str = ""


class IntegrationEvent(Event, frozen=True, rename="camel", omit_defaults=True):
    """Another integration of the server says something about a device."""

    deduplication_id: str = ""
    integration_name: str = ""
    event_type: str = ""
    object: dict[str, Any] = {}


AnyEvent: TypeAlias = (
    UplinkEvent
    | JoinEvent
    | AckEvent
    | TxAckEvent
    | StatusEvent
    | LogEvent
    | LocationEvent
    | IntegrationEvent
)

_EVENT_TYPES: Mapping[str, type[AnyEvent]] = {
    "up": UplinkEvent,
    "join": JoinEvent,
    "ack": AckEvent,
    "txack": TxAckEvent,
    "status": StatusEvent,
    "log": LogEvent,
    "location": LocationEvent,
    "integration": IntegrationEvent,
}
_DECODERS: Mapping[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind) for name, kind in _EVENT_TYPES.items()
}
_NAMES = {kind: name for name, kind in _EVENT_TYPES.items()}


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


class DownlinkCommand(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A frame queued for a device; `id` comes back as the `queue_item_id` of events."""

    dev_eui: str
    f_port: int
    data: bytes = b""
    id: str = ""
    confirmed: bool = False
    expires_at: datetime | None = None


# Beside its own errors, msgspec lets these through: a text that is not UTF-8, a nest too deep.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_encoder = msgspec.json.Encoder()
_command_decoder = msgspec.json.Decoder(DownlinkCommand)


def downlink(
    application_id: str,
    dev_eui: str,
    port: int,
    data: bytes,
    queue_item_id: UUID,
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
