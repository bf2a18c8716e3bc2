"""What the words of a field may not say together; the refusal names the place."""

from drivers.layouts.model import Bit, Field, LayoutError, NumberType
from drivers.layouts.numbers import FLOATS, WIDTHS
from drivers.layouts.takers import flag_named
from drivers.quantities import CONTACTS


def check_field(place: str, field: Field) -> None:
    """Raises `LayoutError` when the field makes no sense."""
    _check_meaning(place, field)
    _check_length(place, field)
    if field.scale == 0:
        raise LayoutError(f"{place}.scale: 0 makes every value the same")
    if field.valid is not None and field.valid[0] > field.valid[1]:
        raise LayoutError(f"{place}.valid: {field.valid[0]:g} is above {field.valid[1]:g}")
    if field.bits and field.type in FLOATS:
        raise LayoutError(f"{place}.bits: {field.type} has no bits; write u8, u16, u24 or u32")
    for bit, say in field.bits.items():
        if not 0 <= bit < WIDTHS[field.type].size * 8:
            raise LayoutError(f"{place}.bits[{bit}]: {field.type} has no such bit")
        _check_bit(f"{place}.bits[{bit}]", say)


def _check_meaning(place: str, field: Field) -> None:
    says = [field.quantity, field.echo, field.instant, field.detail, field.bits or None]
    if sum(said is not None for said in says) > 1:
        raise LayoutError(f"{place}: write one of quantity, echo, instant, detail, bits")
    if field.instant is not None and field.type not in (NumberType.U32, NumberType.U64):
        raise LayoutError(f"{place}.instant: seconds since 1970 are a u32 or u64")


def _check_length(place: str, field: Field) -> None:
    is_text = field.type is NumberType.BYTES
    if is_text != (field.length is not None):
        raise LayoutError(f"{place}.length: bytes need one, numbers have their own")
    if isinstance(field.length, int) and field.length < 1:
        raise LayoutError(f"{place}.length: {field.length} is less than one byte")
    if is_text and (field.quantity or field.echo or field.bits or field.absent):
        raise LayoutError(f"{place}: bytes are passed over or kept as a detail, no more")


def _check_bit(place: str, say: Bit) -> None:
    if sum(said is not None for said in (say.quantity, say.flag, say.event)) != 1:
        raise LayoutError(f"{place}: write one of quantity, flag, event")
    if say.quantity is not None and say.quantity not in CONTACTS:
        contacts = ", ".join(sorted(CONTACTS))
        raise LayoutError(f"{place}.quantity: a bit is a contact; write one of: {contacts}")
    if say.flag is not None:
        try:
            flag_named(say.flag)
        except KeyError:
            raise LayoutError(f"{place}.flag: {say.flag!r} is no status flag") from None
