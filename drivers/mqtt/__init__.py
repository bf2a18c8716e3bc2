"""The line to an MQTT broker."""

from drivers.mqtt.errors import LinkClosedError, PublishRefusedError, PublishTimeoutError
from drivers.mqtt.inbox import Batch
from drivers.mqtt.link import LinkFigures, MqttLink
from drivers.mqtt.settings import MqttSettings, MqttVersion, TlsSettings

__all__ = [
    "Batch",
    "LinkClosedError",
    "LinkFigures",
    "MqttLink",
    "MqttSettings",
    "MqttVersion",
    "PublishRefusedError",
    "PublishTimeoutError",
    "TlsSettings",
]
