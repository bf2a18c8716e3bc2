"""Register maps as data: what a profile says of a device's registers, compiled once to a codec.

A block of registers arrives as its bytes (see `drivers.modbus.link`); each point says where in it a
value stands, of which type, and by what it is multiplied to be in our unit. Energy is a whole
number of watt-hours whatever the meter counts in.
"""

import math
import struct
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple, TypeAlias

from msgspec import Meta, Struct

from drivers.contract import (
    Decoded,
    DecodeError,
    DeviceEvent,
    EncodeError,
    EventKind,
    Measurement,
    PortFrame,
    Quantity,
)
from drivers.errors import TrailingBytesError, TruncatedFrameError, UnknownPortError
from drivers.modbus.requests import (
    ADDRESS_MAX,
    COIL_OFF,
    COIL_ON,
    EXCEPTIONS,
    Function,
    Read,
    Write,
)
from drivers.modbus.unit import REFUSED_BIT, Block, RegisterUnit
from drivers.quantities import WHOLE, limits

# The port of an order: there is one kind, a request that writes.
ORDER_PORT = 1

Address: TypeAlias = Annotated[int, Meta(ge=0, le=ADDRESS_MAX)]


class NumberType(StrEnum):
    """How a number stands in registers."""

    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT32 = "float32"


_FORMAT = {
    NumberType.INT16: "h",
    NumberType.UINT16: "H",
    NumberType.INT32: "i",
    NumberType.UINT32: "I",
    NumberType.INT64: "q",
    NumberType.UINT64: "Q",
    NumberType.FLOAT32: "f",
}


class WordOrder(StrEnum):
    """Which register of a number that takes several comes first; bytes are high first always."""

    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


class PowerFactorForm(StrEnum):
    """How a power factor is written.

    `four_quadrant`: beyond 1 the value is 2 less the register, below -1 it is -2 less the register
    (Schneider Electric DOCA0005EN, "Power factor").
    """

    PLAIN = "plain"
    FOUR_QUADRANT = "four_quadrant"


class BlockSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Registers read together; `block` is the number (port) their frame carries."""

    block: int
    function: int
    start: Address
    count: int
    period_s: float


class PointSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One number: `scale` brings it to the unit the quantity names."""

    quantity: Quantity
    block: int
    address: Address
    type: NumberType
    scale: float = 1
    channel: str = ""
    form: PowerFactorForm = PowerFactorForm.PLAIN


class ContactSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One bit: a coil or a discrete input."""

    channel: str
    block: int
    address: Address


class RegisterMapSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands under `codec: {registers: …}` in a profile.

    With `unavailable: maximum`, the highest value of a type means that there is none (all ones
    without a sign, 7F FF… with one). `outputs` are coils that can be written; read back by a block
    of coils, they are told as `output_on`, and `inputs` as `input_on`.
    """

    blocks: list[BlockSpec]
    points: list[PointSpec] = []
    inputs: list[ContactSpec] = []
    outputs: list[ContactSpec] = []
    word_order: WordOrder = WordOrder.HIGH_FIRST
    unavailable: Annotated[str, Meta(pattern="^(never|maximum)$")] = "never"


class UnreadableBlockError(DecodeError):
    """The device refused to be read where its profile says there are registers."""

    code = "registers_refused"


class _Number(NamedTuple):
    quantity: Quantity
    channel: str
    offset: int
    layout: struct.Struct
    length: int
    numerator: int
    denominator: int
    unavailable: int | None
    form: PowerFactorForm


class _Bit(NamedTuple):
    quantity: Quantity
    channel: str
    byte: int
    mask: int


class _Compiled(NamedTuple):
    length: int
    numbers: tuple[_Number, ...]
    bits: tuple[_Bit, ...]


class RegisterMap:
    """The codec of a device that is read by registers."""

    def __init__(self, spec: RegisterMapSpec) -> None:
        """Raises `ValueError` naming the field that cannot be."""
        self.blocks: Sequence[Block] = tuple(_block(each) for each in spec.blocks)
        by_number = {block.number: block for block in self.blocks}
        if len(by_number) != len(self.blocks) or not by_number:
            raise ValueError("blocks: there must be some, each with a number of its own")
        self._is_low_first = spec.word_order is WordOrder.LOW_FIRST
        self._compiled = {
            number: _Compiled(
                block.read.length,
                tuple(_number(spec, each, block) for each in spec.points if each.block == number),
                tuple(_bits(spec, block)),
            )
            for number, block in by_number.items()
        }
        named = [(each.block, each.address) for each in spec.points]
        named += [(each.block, each.address) for each in (*spec.inputs, *spec.outputs)]
        for number, address in named:
            if number not in by_number:
                raise ValueError(f"block {number} of address {address} does not exist")

    def unit(self) -> RegisterUnit:
        """The device on its bus: its blocks, each read at its period."""
        return RegisterUnit(self.blocks)

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        """What the registers of one block say; a value that cannot be is told as an event."""
        compiled = self._compiled.get(port)
        if compiled is None:
            raise self._unknown(port, payload)
        if len(payload) < compiled.length:
            raise TruncatedFrameError(f"block {port}", compiled.length, 0, len(payload))
        if len(payload) > compiled.length:
            raise TrailingBytesError(f"block {port}", len(payload) - compiled.length)
        readings = [
            Measurement(
                bit.quantity, 1 if payload[bit.byte] & bit.mask else 0, received_at, bit.channel
            )
            for bit in compiled.bits
        ]
        events: list[DeviceEvent] = []
        for number in compiled.numbers:
            raw = self._raw(number, payload)
            if raw is None:
                continue
            value = _value(number, raw)
            if value is None:
                events.append(_unusable(number, raw, received_at))
            else:
                readings.append(Measurement(number.quantity, value, received_at, number.channel))
        return Decoded(readings, events, [])

    def _raw(self, number: _Number, payload: bytes) -> int | float | None:
        """The number as it stands there, None where the device has none."""
        first, end = number.offset, number.offset + number.length
        if self._is_low_first:
            words = (payload[place : place + 2] for place in range(end - 2, first - 2, -2))
            (raw,) = number.layout.unpack(b"".join(words))
        else:
            (raw,) = number.layout.unpack_from(payload, first)
        if raw == number.unavailable or raw != raw:  # not a number
            return None
        found: int | float = raw
        return found

    def _unknown(self, port: int, payload: bytes) -> DecodeError:
        number = port & ~REFUSED_BIT
        if port & REFUSED_BIT and number in self._compiled and len(payload) == 1:
            meaning = EXCEPTIONS.get(payload[0], "not in the specification")
            return UnreadableBlockError(
                f"block {number} was refused with exception {payload[0]} ({meaning})"
            )
        return UnknownPortError(f"the profile has no block {port}")


class SwitchingRegisterMap(RegisterMap):
    """The codec of a device that is read by registers and has outputs."""

    def __init__(self, spec: RegisterMapSpec) -> None:
        super().__init__(spec)
        self._coils = {each.channel: each.address for each in spec.outputs}

    def switch_output(self, is_on: bool, output: str = "") -> PortFrame:
        """The request that closes or opens an output; without a name, the only one there is."""
        if not output and len(self._coils) == 1:
            (output,) = self._coils
        if output not in self._coils:
            raise EncodeError(f"output {output!r}: write one of {', '.join(self._coils)}")
        word = COIL_ON if is_on else COIL_OFF
        write = Write(Function.WRITE_COIL, self._coils[output], (word,))
        return PortFrame(ORDER_PORT, write.encode())


def register_map(spec: RegisterMapSpec) -> RegisterMap:
    """The codec of a register map; raises `ValueError` naming the field that cannot be."""
    return SwitchingRegisterMap(spec) if spec.outputs else RegisterMap(spec)


def _block(spec: BlockSpec) -> Block:
    try:
        return Block(
            spec.block, Read(Function(spec.function), spec.start, spec.count), spec.period_s
        )
    except ValueError as error:
        raise ValueError(f"blocks: block {spec.block}: {error}") from error


def _number(spec: RegisterMapSpec, point: PointSpec, block: Block) -> _Number:
    if block.read.function.reads_bits:
        raise ValueError(f"points: block {block.number} reads bits; write inputs or outputs")
    layout = struct.Struct(f">{_FORMAT[point.type]}")
    offset = 2 * (point.address - block.read.start)
    if offset < 0 or offset + layout.size > block.read.length:
        raise ValueError(f"points: {point.address} is not inside block {block.number}")
    numerator, denominator = Decimal(str(point.scale)).as_integer_ratio()
    has_none = spec.unavailable == "maximum" and point.type is not NumberType.FLOAT32
    return _Number(
        quantity=point.quantity,
        channel=point.channel,
        offset=offset,
        layout=layout,
        length=layout.size,
        numerator=numerator,
        denominator=denominator,
        unavailable=_maximum(point.type, layout.size) if has_none else None,
        form=point.form,
    )


def _maximum(kind: NumberType, length: int) -> int:
    bits = 8 * length
    return (1 << bits) - 1 if kind.startswith("u") else (1 << bits - 1) - 1


def _bits(spec: RegisterMapSpec, block: Block) -> list[_Bit]:
    sorts = ((Quantity.INPUT_ON, spec.inputs), (Quantity.OUTPUT_ON, spec.outputs))
    bits: list[_Bit] = []
    for quantity, contacts in sorts:
        for each in contacts:
            if each.block != block.number:
                continue
            place = each.address - block.read.start
            if not block.read.function.reads_bits or not 0 <= place < block.read.count:
                raise ValueError(f"{each.channel}: {each.address} is no bit of block {each.block}")
            bits.append(_Bit(quantity, each.channel, place // 8, 1 << place % 8))
    return bits


def _value(number: _Number, raw: int | float) -> int | float | None:
    """The value in our unit; None where the device says what cannot be."""
    if isinstance(raw, float) and not math.isfinite(raw):
        return None
    value = raw * number.numerator / number.denominator
    if number.quantity in WHOLE:
        counted = raw * number.numerator // number.denominator if isinstance(raw, int) else value
        value = round(counted)
    elif number.form is PowerFactorForm.FOUR_QUADRANT and abs(value) > 1:
        value = math.copysign(2, value) - value
    low, high = limits(number.quantity)
    return value if low <= value <= high else None


def _unusable(number: _Number, raw: int | float, at: datetime) -> DeviceEvent:
    detail = {"quantity": number.quantity.value, "channel": number.channel, "raw": str(raw)}
    return DeviceEvent(EventKind.RECORD_UNUSABLE, at, detail)
