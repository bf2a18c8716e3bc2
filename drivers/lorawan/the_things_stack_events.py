"""Messages of The Things Stack 3 as values; a field at its default value is left out of the JSON.

Source: TheThingsNetwork/lorawan-stack, api/ttn/lorawan/v3/messages.proto; thethingsindustries.com,
"Data Formats".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct, field


class ApplicationIds(Struct, frozen=True, omit_defaults=True):
    """The application, without its tenant."""

    application_id: str = ""


class EndDeviceIds(Struct, frozen=True, omit_defaults=True):
    """A device: `device_id` is its name in topics, `dev_eui` upper-case hexadecimal."""

    device_id: str = ""
    application_ids: ApplicationIds = ApplicationIds()
    dev_eui: str = ""
    join_eui: str = ""
    dev_addr: str = ""


class GatewayIds(Struct, frozen=True, omit_defaults=True):
    """A gateway: its name, and its EUI where it has one."""

    gateway_id: str = ""
    eui: str = ""


class Location(Struct, frozen=True, omit_defaults=True):
    """A position, in degrees and metres."""

    latitude: float = 0.0
    longitude: float = 0.0
    altitude: float = 0.0
    accuracy: float = 0.0
    source: str = ""


class Reception(Struct, frozen=True, omit_defaults=True):
    """How one gateway heard an uplink."""

    gateway_ids: GatewayIds = GatewayIds()
    rssi: float = 0.0
    channel_rssi: float = 0.0
    snr: float = 0.0
    time: datetime | None = None
    location: Location | None = None


class Lora(Struct, frozen=True, omit_defaults=True):
    """LoRa modulation; bandwidth in Hz."""

    bandwidth: int = 0
    spreading_factor: int = 0
    coding_rate: str = ""


class DataRate(Struct, frozen=True, omit_defaults=True):
    """Only LoRa is told in detail."""

    lora: Lora | None = None


class TransmitSettings(Struct, frozen=True, omit_defaults=True):
    """Modulation and frequency (Hz, as text: it is a 64-bit number in protobuf)."""

    data_rate: DataRate = DataRate()
    frequency: str = ""


class UplinkMessage(Struct, frozen=True, omit_defaults=True):
    """A frame of a device; `received_at` is when the network server had it."""

    session_key_id: str = ""
    f_port: int = 0
    f_cnt: int = 0
    frm_payload: bytes = b""
    decoded_payload: dict[str, Any] = {}
    rx_metadata: tuple[Reception, ...] = ()
    settings: TransmitSettings | None = None
    received_at: datetime | None = None
    confirmed: bool = False
    consumed_airtime: str = ""

    @property
    def best_reception(self) -> Reception | None:
        """The gateway that heard it best, by signal to noise, then by strength."""
        return max(self.rx_metadata, key=lambda each: (each.snr, each.rssi), default=None)


class JoinAccept(Struct, frozen=True, omit_defaults=True):
    """A device joined, with the downlinks that its new session makes void."""

    session_key_id: str = ""
    received_at: datetime | None = None


class GatewayTarget(Struct, frozen=True, omit_defaults=True):
    """A gateway a multicast goes through."""

    gateway_ids: GatewayIds = GatewayIds()


class ClassBC(Struct, frozen=True, omit_defaults=True):
    """For classes B and C: through which gateways, and when."""

    gateways: tuple[GatewayTarget, ...] = ()
    absolute_time: datetime | None = None


class Downlink(Struct, frozen=True, omit_defaults=True):
    """A frame for a device; `correlation_ids` come back with everything said about it."""

    f_port: int = 0
    frm_payload: bytes = b""
    f_cnt: int = 0
    confirmed: bool = False
    priority: str = ""
    correlation_ids: tuple[str, ...] = ()
    class_b_c: ClassBC | None = None
    session_key_id: str = ""


class ErrorDetails(Struct, frozen=True, omit_defaults=True):
    """Why something failed, by stable name."""

    namespace: str = ""
    name: str = ""
    message_format: str = ""
    code: int = 0


class FailedDownlink(Struct, frozen=True, omit_defaults=True):
    """A downlink the network could not send."""

    downlink: Downlink = Downlink()
    error: ErrorDetails = ErrorDetails()


class InvalidatedDownlinks(Struct, frozen=True, omit_defaults=True):
    """Downlinks a new session made void."""

    downlinks: tuple[Downlink, ...] = ()
    last_f_cnt_down: int = 0
    session_key_id: str = ""


class SolvedLocation(Struct, frozen=True, omit_defaults=True):
    """Where a device is, as a service worked it out."""

    service: str = ""
    location: Location = Location()


class ServiceData(Struct, frozen=True, omit_defaults=True):
    """Something an application package says."""

    service: str = ""
    data: dict[str, Any] = {}


class Message(Struct, frozen=True, omit_defaults=True):
    """What all messages tell; exactly one of the bodies is there, as its topic says."""

    end_device_ids: EndDeviceIds
    correlation_ids: tuple[str, ...] = ()
    received_at: datetime | None = None
    uplink_message: UplinkMessage | None = None
    uplink_normalized: dict[str, Any] | None = None
    join_accept: JoinAccept | None = None
    downlink_queued: Downlink | None = None
    downlink_sent: Downlink | None = None
    downlink_ack: Downlink | None = None
    downlink_nack: Downlink | None = None
    downlink_failed: FailedDownlink | None = None
    downlink_queue_invalidated: InvalidatedDownlinks | None = None
    location_solved: SolvedLocation | None = None
    service_data: ServiceData | None = None
    simulated: bool = False

    @property
    def dev_eui(self) -> str:
        """Lower-case hexadecimal, as everywhere in the product; empty where it was not told."""
        return self.end_device_ids.dev_eui.lower()

    @property
    def device_id(self) -> str:
        return self.end_device_ids.device_id


Body: TypeAlias = (
    UplinkMessage
    | dict[str, Any]
    | JoinAccept
    | Downlink
    | FailedDownlink
    | InvalidatedDownlinks
    | SolvedLocation
    | ServiceData
)

BODY_OF_TOPIC: Mapping[str, str] = {
    "up": "uplink_message",
    "up/normalized": "uplink_normalized",
    "join": "join_accept",
    "down/queued": "downlink_queued",
    "down/sent": "downlink_sent",
    "down/ack": "downlink_ack",
    "down/nack": "downlink_nack",
    "down/failed": "downlink_failed",
    "down/invalidated": "downlink_queue_invalidated",
    "location/solved": "location_solved",
    "service/data": "service_data",
}
"""The end of each topic, and the body its messages hold."""


class Downlinks(Struct, frozen=True, omit_defaults=True):
    """What is published to queue frames."""

    downlinks: tuple[Downlink, ...] = field(default=())
