"""The envelope of our OSLP platform: a message of a device, by its identifier."""

from drivers.contract import Frame
from drivers.errors import UnknownTopicError
from drivers.oslp.link import TOPIC_WORD
from lighting.ingest.model import DownlinkReport, NetworkNote, Uplink


class Oslp:
    """OSLP platforms of ours; a controller's address is its device identifier, 24 hexadecimal
    digits."""

    kind = "oslp"

    def name_of(self, frame: Frame) -> str:
        """`oslp:<network>`, from the topic."""
        words = frame.topic.split("/", 2)
        return f"{self.kind}:{words[1] if len(words) > 1 else ''}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """What a device said, or took; raises `DecodeError`."""
        match frame.topic.split("/"):
            case [word, _, address, number] if word == TOPIC_WORD and number.isdecimal():
                port = int(number[:5])
                return Uplink(address, frame.received_at, port, frame.payload, None, None, None)
            case _:
                raise UnknownTopicError(f"{frame.topic[:100]!r} is no topic of OSLP")
