"""Events of ChirpStack 4 as values; what a message leaves out has its protobuf default.

Source: chirpstack/chirpstack, api/proto/integration/integration.proto.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct


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

EVENT_TYPES: Mapping[str, type[AnyEvent]] = {
    "up": UplinkEvent,
    "join": JoinEvent,
    "ack": AckEvent,
    "txack": TxAckEvent,
    "status": StatusEvent,
    "log": LogEvent,
    "location": LocationEvent,
    "integration": IntegrationEvent,
}
