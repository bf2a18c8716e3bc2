"""The envelope of ChirpStack 4: an event message over MQTT."""

from drivers.contract import EventKind, Frame
from drivers.lorawan import chirpstack
from lighting.ingest.model import DownlinkOutcome, DownlinkReport, NetworkNote, Uplink

# Log codes by which the network server gives up a downlink.
LOST_DOWNLINK_CODES = frozenset({"EXPIRED", "DOWNLINK_PAYLOAD_SIZE", "DOWNLINK_GATEWAY"})


class ChirpStack:
    """ChirpStack 4 network servers; each application is a network of its own."""

    kind = "chirpstack"

    def name_of(self, frame: Frame) -> str:
        """`chirpstack:<application id>`, from the topic."""
        words = frame.topic.split("/", 2)
        return f"{self.kind}:{words[1] if len(words) > 1 else ''}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What an event message is about."""
        event = chirpstack.parse_event(frame.topic, frame.payload)
        if isinstance(event, chirpstack.UplinkEvent):
            return _uplink(event)
        match event:
            case chirpstack.TxAckEvent(queue_item_id=identifier) if identifier:
                return DownlinkReport(identifier, DownlinkOutcome.TRANSMITTED, event.time)
            case chirpstack.AckEvent(queue_item_id=identifier, acknowledged=taken) if identifier:
                outcome = (
                    DownlinkOutcome.ACKNOWLEDGED if taken else DownlinkOutcome.NOT_ACKNOWLEDGED
                )
                return DownlinkReport(identifier, outcome, event.time)
            case chirpstack.LogEvent():
                return _log(event)
            case chirpstack.JoinEvent(dev_addr=address):
                return _note(event, "network_join", dev_addr=address)
            case chirpstack.StatusEvent(margin=margin_db):
                return _note(event, "network_status", margin_db=margin_db)
            case chirpstack.LocationEvent(location=place) if place is not None:
                return _note(
                    *(event, EventKind.LOCATION),
                    lat_deg=place.latitude,
                    lon_deg=place.longitude,
                    source="network",
                )
            case chirpstack.IntegrationEvent(integration_name=service, object=data):
                return _note(event, "network_service", service=service, data=data)
            case _:
                return None


def _uplink(event: chirpstack.UplinkEvent) -> Uplink:
    receptions = event.rx_info
    heard = receptions[0] if len(receptions) == 1 else event.best_reception
    return Uplink(
        event.device_info.dev_eui,
        event.time,
        event.f_port,
        event.data,
        heard.rssi if heard else None,
        heard.snr if heard else None,
        heard.gateway_id if heard else None,
    )


def _log(event: chirpstack.LogEvent) -> NetworkNote | DownlinkReport:
    identifier = event.queue_item_id
    if identifier and event.code in LOST_DOWNLINK_CODES:
        reason = f"{event.code}: {event.description}"
        return DownlinkReport(identifier, DownlinkOutcome.FAILED, event.time, reason)
    return _note(
        event, "network_log", level=event.level, code=event.code, description=event.description
    )


def _note(event: chirpstack.Event, kind: str, **detail: object) -> NetworkNote:
    return NetworkNote(event.device_info.dev_eui, event.time, kind, detail)
