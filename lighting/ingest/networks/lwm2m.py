"""The envelope of our LwM2M server: what a device said, by its endpoint name, or how an order that
waited for it ended."""

from drivers.contract import Frame
from drivers.lwm2m import topics
from lighting.ingest.model import DownlinkOutcome, DownlinkReport, NetworkNote, Uplink


class Lwm2m:
    """LwM2M servers of ours; a controller's address is its endpoint name."""

    kind = topics.KIND

    def name_of(self, frame: Frame) -> str:
        """`lwm2m:<network>`, from the topic."""
        return f"{self.kind}:{topics.network_of(frame.topic)}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What a frame is about; raises `DecodeError`."""
        match topics.parse(frame.topic):
            case topics.Said(endpoint=endpoint, port=port):
                return Uplink(endpoint, frame.received_at, port, frame.payload, None, None, None)
            case topics.OrderTold(order_id=order_id):
                reason = topics.parse_failure(frame.payload).reason
                return DownlinkReport(order_id, DownlinkOutcome.FAILED, frame.received_at, reason)
