"""The envelope of controllers that publish to our broker: the profile tells whose a message is."""

from drivers import profiles
from drivers.cellular.codec import PORT, JsonReports
from drivers.cellular.link import TOPIC_WORD, origin_of
from drivers.contract import Frame
from drivers.errors import UnknownTopicError
from lighting.ingest.model import DownlinkReport, NetworkNote, Uplink


class CellularMqtt:
    """Cellular controllers over MQTT; a controller's address is the one its messages name."""

    kind = TOPIC_WORD

    def name_of(self, frame: Frame) -> str:
        """`mqtt:<network>`, from the topic."""
        words = frame.topic.split("/", 2)
        return f"{self.kind}:{words[1] if len(words) > 1 else ''}"

    def read(self, frame: Frame) -> Uplink | NetworkNote | DownlinkReport | None:
        """Who sent a message, and how its modem was heard; raises `DecodeError`."""
        origin = origin_of(frame.topic)
        try:
            codec = profiles.driver(origin.profile)
        except profiles.ProfileError as error:
            raise UnknownTopicError(str(error)) from error
        if not isinstance(codec, JsonReports):
            raise UnknownTopicError(f"profile {origin.profile} does not describe messages")
        sender = codec.sender_of(origin.topic, frame.payload)
        return Uplink(
            sender.address,
            frame.received_at,
            PORT,
            frame.payload,
            sender.rssi_dbm,
            sender.snr_db,
            sender.cell,
        )
