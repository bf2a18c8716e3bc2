"""Messages of the gateway's WebSocket: frames for a line, what became of them, what was heard.

Source: wirenboard/wb-mqtt-dali, emulator of the gateway and its tests.
"""

from enum import IntEnum
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from drivers.dali.frames import Forward
from drivers.dali.line import GARBLED, Answer, FramePriority, LineUnpoweredError
from drivers.errors import LinkError, MalformedMessageError, RefusedByDeviceError


class Sending(IntEnum):
    """What became of a frame."""

    SENT = 0
    NO_BUS_VOLTAGE = 1
    BLOCKED_INITIALISE = 2
    BLOCKED_QUIESCENT = 3
    BUFFER_FULL = 4
    NO_SUCH_LINE = 5
    SYNTAX_ERROR = 6
    MACRO_ACTIVE = 7
    COLLISION = 61
    BUS_ERROR = 62
    TIMEOUT = 63
    NO_ANSWER = 100


class Answering(IntEnum):
    """What came back."""

    NONE = 0
    VALUE = 8
    FRAMING_ERROR = 63


class FrameSent(Struct, frozen=True):
    """What became of the frame sent last on a line."""

    line: int
    result: int


class FrameAnswered(Struct, frozen=True, rename="camel"):
    """What came back to the frame sent last on a line."""

    line: int
    result: int
    dali_data: int | None = None


class Monitored(Struct, frozen=True, rename="camel"):
    """A frame on a line, whoever sent it."""

    line: int
    bits: int
    data: list[int]
    framing_error: bool = False


class Descriptor(Struct, frozen=True):
    """What the gateway says of itself in its greeting."""

    lines: int = 1


class Greeting(Struct, frozen=True):
    """First message of a connection."""

    name: str = ""
    descriptor: Descriptor = Descriptor()


Message: TypeAlias = FrameSent | FrameAnswered | Monitored | Greeting


class _Envelope(Struct, frozen=True):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


_KINDS: dict[str, type[Message]] = {
    "daliFrame": FrameSent,
    "daliAnswer": FrameAnswered,
    "daliMonitor": Monitored,
    "info": Greeting,
}


def read_message(text: str | bytes) -> Message | None:
    """A message of the gateway, None for kinds of no interest; raises `DecodeError`."""
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
        kind = _KINDS.get(envelope.type)
        return None if kind is None else msgspec.json.decode(envelope.data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedMessageError(f"not a message of the gateway: {error}") from error


def write_frame(line: int, frame: Forward, priority: FramePriority) -> str:
    """The message that puts a frame on a line."""
    message: dict[str, Any] = {
        "type": "daliFrame",
        "data": {
            "line": line,
            "numberOfBits": 16,
            "daliData": list(frame.payload),
            "mode": {
                "sendTwice": frame.is_sent_twice,
                "priority": int(priority),
                "waitForAnswer": frame.has_answer,
            },
        },
    }
    return msgspec.json.encode(message).decode()


def check_sent(sent: FrameSent) -> None:
    """Raises `LinkError` when the frame did not go on the line."""
    match sent.result:
        case Sending.SENT | Sending.NO_ANSWER:
            return
        case Sending.NO_BUS_VOLTAGE:
            raise LineUnpoweredError(f"there is no voltage on line {sent.line}")
        case Sending.NO_SUCH_LINE | Sending.SYNTAX_ERROR:
            raise RefusedByDeviceError(f"line {sent.line}: {_name(sent.result)}")
        case _:
            raise LinkError(f"line {sent.line}: the frame was not sent: {_name(sent.result)}")


def answer_of(answered: FrameAnswered) -> Answer:
    """The byte that came back, if any."""
    match answered.result:
        case Answering.VALUE:
            return answered.dali_data
        case Answering.FRAMING_ERROR:
            return GARBLED
        case _:
            return None


def _name(result: int) -> str:
    if result not in list(Sending):
        return f"result {result}"
    return Sending(result).name.lower().replace("_", " ")
