"""Why a message did not reach the broker."""


class PublishTimeoutError(TimeoutError):
    """The broker did not acknowledge in time; it may still get the message later."""


class PublishRefusedError(OSError):
    """The broker refused the message."""


class LinkClosedError(OSError):
    """The line was closed before the broker acknowledged."""


class StreamBrokenError(Exception):
    """The broker's bytes are not MQTT; the connection has to be made again."""
