"""The envelope of The Things Stack 3: an application server's message over MQTT."""

from datetime import MAXYEAR, UTC, datetime

from drivers.contract import EventKind, Frame
from drivers.errors import MalformedMessageError
from drivers.lorawan import the_things_stack as tts
from drivers.lorawan.the_things_stack_events import (
    Downlink,
    FailedDownlink,
    InvalidatedDownlinks,
    JoinAccept,
    Reception,
    ServiceData,
    SolvedLocation,
    UplinkMessage,
)
from lighting.ingest.model import DownlinkOutcome, DownlinkReport, NetworkNote, Uplink

# Of these the outcome is known by their topic alone; `down/queued` only says that it waits.
OUTCOMES = {
    "down/sent": DownlinkOutcome.TRANSMITTED,
    "down/ack": DownlinkOutcome.ACKNOWLEDGED,
    "down/nack": DownlinkOutcome.NOT_ACKNOWLEDGED,
}
# Go's zero time, and what a gateway without clock says.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NEW_SESSION = "the device joined again before the frame was sent"


class TheThingsStack:
    """The Things Stack 3; each application is a network of its own."""

    kind = "tts"

    def name_of(self, frame: Frame) -> str:
        """`tts:<app>@<tenant>`, from the topic."""
        words = frame.topic.split("/", 2)
        return f"{self.kind}:{words[1] if len(words) > 1 else ''}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What a message is about; what repeats another (normalised payloads) is left out."""
        said = tts.parse_message(frame.topic, frame.payload)
        at = _instant(said, frame.received_at)
        match said.body:
            case UplinkMessage() as uplink:
                return _uplink(said, uplink, at)
            case JoinAccept():
                return _note(said, at, "network_join", dev_addr=_dev_addr(said))
            case Downlink() as downlink:
                return _outcome(said, downlink, at)
            case FailedDownlink() as failed:
                reason = f"{failed.error.name}: {failed.error.message_format}"
                return _report(said, failed.downlink, DownlinkOutcome.FAILED, at, reason)
            case InvalidatedDownlinks(downlinks=(first, *_)):
                return _report(said, first, DownlinkOutcome.FAILED, at, NEW_SESSION)
            case SolvedLocation(location=place, service=service):
                return _note(
                    *(said, at, EventKind.LOCATION),
                    lat_deg=place.latitude,
                    lon_deg=place.longitude,
                    accuracy_m=place.accuracy,
                    source=service or place.source,
                )
            case ServiceData(service=service, data=data):
                return _note(said, at, "network_service", service=service, data=data)
            case _:
                return None


def _instant(said: tts.Said, received_at: datetime) -> datetime:
    """When the network server had it, else the application server, else we."""
    body_at = getattr(said.body, "received_at", None)
    at: datetime | None = body_at or said.message.received_at
    if at is None or at.year <= NEVER.year:
        return received_at
    if at.tzinfo is None or at.year >= MAXYEAR:
        raise MalformedMessageError(f"{said.kind}: {at} is no instant")
    return at.astimezone(UTC)


def _dev_addr(said: tts.Said) -> str:
    return said.message.end_device_ids.dev_addr.lower()


def _address(said: tts.Said) -> str:
    address = said.message.dev_eui
    if not address:
        raise MalformedMessageError(f"device {said.message.device_id} has no dev_eui")
    return address


def _uplink(said: tts.Said, uplink: UplinkMessage, at: datetime) -> Uplink:
    heard = uplink.best_reception
    return Uplink(
        _address(said),
        at,
        uplink.f_port,
        uplink.frm_payload,
        round(heard.rssi) if heard else None,
        heard.snr if heard else None,
        _gateway(heard) if heard else None,
    )


def _gateway(heard: Reception) -> str:
    """By its EUI, as gateways are registered; a packet forwarder without one by its name."""
    return (heard.gateway_ids.eui or heard.gateway_ids.gateway_id).lower()


def _outcome(said: tts.Said, downlink: Downlink, at: datetime) -> DownlinkReport | None:
    outcome = OUTCOMES.get(said.kind)
    return None if outcome is None else _report(said, downlink, outcome, at)


def _report(
    said: tts.Said, downlink: Downlink, outcome: DownlinkOutcome, at: datetime, reason: str = ""
) -> DownlinkReport | None:
    """What became of one of our orders; of other applications' downlinks we know nothing."""
    ours = tts.order_id(downlink.correlation_ids, said.message.correlation_ids)
    return None if ours is None else DownlinkReport(ours, outcome, at, reason)


def _note(said: tts.Said, at: datetime, kind: str, **detail: object) -> NetworkNote:
    return NetworkNote(_address(said), at, kind, detail)
