"""The envelope of Modbus gateways: a block of registers and whose it is (`drivers.modbus.link`)."""

from drivers.contract import Frame
from drivers.errors import MalformedMessageError, UnknownTopicError
from drivers.modbus.link import TOPIC_WORD
from lighting.ingest.model import DownlinkReport, NetworkNote, Uplink


class Modbus:
    """Gateways and serial lines that are polled; each is a network of its own."""

    kind = "modbus"

    def name_of(self, frame: Frame) -> str:
        """`modbus:<gateway>`, from the topic."""
        words = frame.topic.split("/", 2)
        return f"{self.kind}:{words[1] if len(words) > 1 else ''}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What was read of the device at `<gateway>/<unit>`, or of one behind it."""
        word, _, address = frame.topic.partition("/")
        if word != TOPIC_WORD or "/" not in address:
            raise UnknownTopicError(f"{frame.topic!r} is not modbus/<gateway>/<unit>")
        if not frame.payload:
            raise MalformedMessageError("a block begins with its number")
        return Uplink(
            address=address,
            at=frame.received_at,
            port=frame.payload[0],
            payload=frame.payload[1:],
            rssi_dbm=None,
            snr_db=None,
            gateway_address=None,
        )
