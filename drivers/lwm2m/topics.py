"""What LwM2M frames are called: `lwm2m/<network>/<endpoint>/<port>`, and reports on orders.

The endpoint is percent-encoded, for it may hold anything.
"""

from typing import NamedTuple
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct

from drivers.errors import MalformedMessageError, UnknownTopicError

KIND = "lwm2m"
_ORDER = "order"


class Said(NamedTuple):
    """A frame of a device: the endpoint and the port its payload belongs to."""

    network: str
    endpoint: str
    port: int


class OrderTold(NamedTuple):
    """A report on an order that had to wait."""

    network: str
    endpoint: str
    order_id: str


class OrderFailure(Struct, frozen=True):
    """Why an order that waited was not carried out."""

    reason: str


def said(network: str, endpoint: str, port: int) -> str:
    """The topic of what a device said."""
    return f"{KIND}/{network}/{quote(endpoint, safe='')}/{port}"


def order(network: str, endpoint: str, order_id: str) -> str:
    """The topic of the report on an order."""
    return f"{KIND}/{network}/{quote(endpoint, safe='')}/{_ORDER}/{quote(order_id, safe='')}"


def parse(topic: str) -> Said | OrderTold:
    """What a topic names; raises `DecodeError`."""
    match topic.split("/"):
        case [kind, network, endpoint, port] if kind == KIND and port.isdecimal():
            return Said(network, unquote(endpoint), int(port[:5]))
        case [kind, network, endpoint, word, order_id] if kind == KIND and word == _ORDER:
            return OrderTold(network, unquote(endpoint), unquote(order_id))
        case _:
            raise UnknownTopicError(f"{topic[:100]!r} is no topic of LwM2M")


def network_of(topic: str) -> str:
    """The network a topic names, empty when it names none."""
    words = topic.split("/", 2)
    return words[1] if len(words) > 1 else ""


def failure(reason: str) -> bytes:
    """The payload of a report."""
    return msgspec.json.encode(OrderFailure(reason))


def parse_failure(payload: bytes) -> OrderFailure:
    """The report in a payload; raises `DecodeError`."""
    try:
        return msgspec.json.decode(payload, type=OrderFailure)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessageError(f"report on an order: {error}") from error
