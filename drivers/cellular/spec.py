"""How a maker's messages are described in a profile: `codec: {json: …}`.

Data, no expressions: where a value is (`Telemetry.power`, a path through names and numbers), what
it is, and a factor. What `$level_percent` and `$hold_s` stand for is filled in when an order is
written.
"""

from enum import Enum
from typing import Any

from msgspec import Struct

from drivers.contract import EventKind, Quantity, StatusFlag


class Encoding(Enum):
    """How a message is written."""

    JSON = "json"
    CBOR = "cbor"


class TimeForm(Enum):
    """How a device writes an instant."""

    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    ISO_8601 = "iso8601"
    COMPACT = "compact"  # YYYYMMDDhhmmss in UTC


class _Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Base: an unknown field is a mistake worth hearing about."""


class Time(_Part, frozen=True):
    """Where the device's own time is, within a record, and how it is written."""

    path: str
    form: TimeForm = TimeForm.EPOCH_S


class Point(_Part, frozen=True):
    """A value: its number times `scale` is the quantity."""

    path: str
    quantity: Quantity
    scale: float = 1
    channel: str = ""


class State(_Part, frozen=True):
    """A state that is reported again and again: true where the value is `when`."""

    path: str
    flag: str
    when: bool | int | str = True
    event: EventKind | None = None


class Happening(_Part, frozen=True):
    """Events by the value that names them, as a reason of sending does."""

    path: str
    kinds: dict[str, EventKind]


class Identity(_Part, frozen=True):
    """What identifies device, modem and message; told with every event."""

    address: str = ""
    imei: str = ""
    number: str = ""


class Radio(_Part, frozen=True):
    """How well the modem is heard, and by which cell; values times `scale` are dBm and dB."""

    rssi: str = ""
    snr: str = ""
    cell: str = ""
    scale: float = 1


class Order(_Part, frozen=True):
    """Where orders are published and what they say."""

    topic: str
    level: dict[str, Any]
    release: dict[str, Any] | None = None
    level_scale: float = 1


class JsonSpec(_Part, frozen=True):
    """A maker's messages. `topic` holds `{address}` where the device's address stands, unless
    `identity.address` says where in the message it is. With `records`, values are in a list of
    records, each with its own time: what the device kept while nobody heard it."""

    topic: str
    points: list[Point]
    encoding: Encoding = Encoding.JSON
    identity: Identity = Identity()
    records: str = ""
    time: Time | None = None
    states: list[State] = []
    events: list[Happening] = []
    radio: Radio = Radio()
    level_echo: str = ""
    order: Order | None = None


def flag_of(state: State) -> StatusFlag:
    """The flag a state sets; raises `ValueError` naming those there are."""
    try:
        return StatusFlag[state.flag.upper()]
    except KeyError as error:
        known = ", ".join(flag.name.lower() for flag in StatusFlag if flag.name)
        raise ValueError(
            f"states: flag {state.flag!r} does not exist; there are: {known}"
        ) from error
