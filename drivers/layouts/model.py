"""The words a layout is written in; what they may not say together is refused by `compile`."""

from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct, field

from drivers.contract import EventKind, Quantity


class LayoutError(ValueError):
    """A layout that cannot be compiled; the text names the place and says what to write."""


class NumberType(StrEnum):
    """How a value stands in its bytes; `bytes` is kept as it is, with a `length`."""

    U8 = "u8"
    U16 = "u16"
    U24 = "u24"
    U32 = "u32"
    U64 = "u64"
    I8 = "i8"
    I16 = "i16"
    I24 = "i24"
    I32 = "i32"
    F16 = "f16"
    F32 = "f32"
    BYTES = "bytes"


class ByteOrder(StrEnum):
    """Which byte of a number comes first: its least (`little`) or its most significant (`big`)."""

    LITTLE = "little"
    BIG = "big"


class Bit(Struct, frozen=True, forbid_unknown_fields=True):
    """What one bit says, one of three: a contact (`quantity`), a `flag`, an `event` when set."""

    quantity: Quantity | None = None
    channel: str = ""
    flag: str | None = None
    event: EventKind | None = None
    detail: dict[str, str | int | bool] = {}


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """The next bytes of a record, and what they say; nothing said, they are passed over.

    `value * scale + offset` is in the unit of the quantity. A raw number listed under `absent`
    means no value; with an event kind, that event. A value outside `valid` is no reading but an
    event `record_unusable`. After an `instant`, the record's values were measured then.
    """

    type: NumberType
    length: int | str | None = None
    scale: float = 1
    offset: float = 0
    quantity: Quantity | None = None
    channel: str = ""
    echo: Literal["level"] | None = None
    instant: Literal["unix_s"] | None = None
    detail: str | None = None
    bits: dict[int, Bit] = {}
    absent: dict[int, EventKind | None] = {}
    valid: tuple[float, float] | None = None


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Bytes that belong together: a key in hexadecimal, or one of several, then fields in order.

    With `event` or `setting` the record tells that, with `detail` and the details of its fields.
    What fields cannot say, such as values that come and go by a mask, is read by `reader`, a Python
    function of that name in `drivers.profiles.readers`.
    """

    carries: str
    key: str | list[str] = ""
    fields: list[Field] = []
    reader: str | None = None
    event: EventKind | None = None
    setting: str | None = None
    detail: dict[str, str | int | bool] = {}


class Uplinks(Struct, frozen=True, forbid_unknown_fields=True):
    """Frames of the device: one record, or with `repeats` one after the other to the end.

    `ports` are the ports they come on, `any` when no document tells. `shared` names files of
    records that several models have; a record of the same key here goes before those.
    """

    byte_order: ByteOrder
    ports: list[int] | Literal["any"]
    records: list[Record]
    repeats: bool = False
    shared: list[str] = []


class OrderField(Struct, frozen=True, forbid_unknown_fields=True):
    """A number of an order: the value called `is`, divided by `scale`, within `valid`."""

    type: NumberType
    name: str = field(name="is")
    scale: float = 1
    valid: tuple[float, float] | None = None


Part: TypeAlias = str | OrderField
"""A part of an order: bytes in hexadecimal, or a number."""


class OutputOrders(Struct, frozen=True, forbid_unknown_fields=True):
    """The bytes, in hexadecimal, that close (switch on) and open (switch off) an output."""

    close: str
    open: str


class Downlinks(Struct, frozen=True, forbid_unknown_fields=True):
    """Orders the device takes; each ability is claimed by writing its order.

    `set_level` knows `level_percent`, `set_level_for` also `hold_minutes`, a setting whatever its
    parts name. `back_to_program` ends a level set by hand.
    """

    port: int
    byte_order: ByteOrder = ByteOrder.BIG
    set_level: list[Part] = []
    set_level_for: list[Part] = []
    back_to_program: list[Part] = []
    outputs: dict[str, OutputOrders] = {}
    all_outputs: OutputOrders | None = None
    request_meter: list[Part] = []
    settings: dict[str, list[Part]] = {}


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """How a device speaks, as far as it is published: what it sends, what it takes, or both."""

    uplinks: Uplinks | None = None
    downlinks: Downlinks | None = None


def hexadecimal(place: str, text: str) -> bytes:
    """The bytes written so; raises `LayoutError`."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise LayoutError(f"{place}: {text!r} is not hexadecimal, two digits a byte") from None
