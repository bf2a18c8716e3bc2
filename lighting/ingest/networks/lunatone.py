"""The envelope of Lunatone gateways: what was heard of one gear (`drivers.lunatone.link`)."""

from drivers.contract import Frame
from drivers.errors import MalformedMessageError, UnknownTopicError
from drivers.lunatone.link import TOPIC_WORD
from lighting.ingest.model import DownlinkReport, NetworkNote, Uplink


class Lunatone:
    """DALI-2 IoT gateways; each is a network of its own."""

    kind = "lunatone"

    def name_of(self, frame: Frame) -> str:
        """`lunatone:<gateway>`, from the topic."""
        words = frame.topic.split("/", 2)
        return f"{self.kind}:{words[1] if len(words) > 1 else ''}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What was heard of the gear at `<gateway>/<line>/<short address>`."""
        word, _, address = frame.topic.partition("/")
        if word != TOPIC_WORD or address.count("/") != 2:
            raise UnknownTopicError(
                f"{frame.topic!r} is not lunatone/<gateway>/<line>/<short address>"
            )
        if not frame.payload:
            raise MalformedMessageError("what was heard begins with its port")
        return Uplink(
            address=address,
            at=frame.received_at,
            port=frame.payload[0],
            payload=frame.payload[1:],
            rssi_dbm=None,
            snr_db=None,
            gateway_address=None,
        )
