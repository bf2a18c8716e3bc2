"""Why a frame could not be read or an order not be written, each reason with a stable code."""


class DecodeError(Exception):
    """A frame that cannot be read; the text says what is missing or wrong in it.

    `code` is stable: quarantine groups by it, and operators filter on it.
    """

    code = "frame_unreadable"


class TruncatedFrameError(DecodeError):
    """The frame ends before a field it announces."""

    code = "frame_truncated"

    def __init__(self, field: str, needed: int, offset: int, length: int) -> None:
        super().__init__(
            f"{field} needs {needed} byte(s) at offset {offset}, the frame has {length} byte(s)"
        )


class TrailingBytesError(DecodeError):
    """The frame goes on after its last field."""

    code = "frame_too_long"

    def __init__(self, packet: str, left: int) -> None:
        super().__init__(f"{packet} is complete, yet {left} byte(s) follow")


class UnknownPortError(DecodeError):
    """No packet of this device arrives on this port."""

    code = "port_unknown"


class UnknownPacketError(DecodeError):
    """The port is known, the packet's first byte is not."""

    code = "packet_unknown"


class InvalidAddressError(DecodeError):
    """An address byte that names no control gear."""

    code = "address_invalid"


class InvalidValueError(DecodeError):
    """A field holds a value the device's documentation excludes."""

    code = "value_invalid"


class UnknownTopicError(DecodeError):
    """A message topic that belongs to no event we know."""

    code = "topic_unknown"


class MalformedMessageError(DecodeError):
    """A message envelope (JSON, base64, hexadecimal) that does not parse."""

    code = "message_malformed"


class EncodeError(ValueError):
    """An order that cannot be written for this device; the text says which field and why."""

    code = "order_invalid"


class LinkError(OSError):
    """An order or a question that did not get through; the text says where it stopped."""

    code = "link_failed"


class UnreachableError(LinkError):
    """Nobody answers at the device's address."""

    code = "device_unreachable"


class RefusedByDeviceError(LinkError):
    """The device, its gateway or its server answered, and said no."""

    code = "order_refused"
