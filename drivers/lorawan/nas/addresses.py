"""The address byte of NAS controllers: which control gear a record or an order concerns.

It is the DALI address byte with the selector bit cleared. Source: NAS payload documentation,
"LCU payloads", and nasys/nas-codecs (MIT).
"""

from drivers.errors import EncodeError

ANALOG = 0x01
BROADCAST = 0xFE
CONTEXT = 0xFF  # all devices, the internal meter or all profiles, as the packet decides

_WORDS = {"analog_0_10v": ANALOG, "dali_broadcast": BROADCAST}
_GROUP_COUNT = 16
_SHORT_ADDRESS_COUNT = 64


def _name(byte: int) -> str | None:
    if byte == ANALOG:
        return "analog_0_10v"
    if byte == BROADCAST:
        return "dali_broadcast"
    if byte & 0x01:
        return None
    if byte & 0x80:
        return f"dali_group_{(byte >> 1) & 0x0F}"
    return f"dali_single_{(byte >> 1) & 0x3F}"


NAMES: tuple[str | None, ...] = tuple(_name(byte) for byte in range(256))
"""Name of every address byte; None where the byte names nothing by itself (0xFF, odd values)."""


def address_byte(name: str, context_word: str | None = None) -> int:
    """The byte of an address name; `context_word` is what 0xFF is called in this packet."""
    if name == context_word:
        return CONTEXT
    if name in _WORDS:
        return _WORDS[name]
    kind, _, number = name.rpartition("_")
    if number.isdigit():
        if kind == "dali_single" and int(number) < _SHORT_ADDRESS_COUNT:
            return int(number) * 2
        if kind == "dali_group" and int(number) < _GROUP_COUNT:
            return 0x80 + int(number) * 2
    raise EncodeError(
        f"{name!r} is no address: give dali_broadcast, analog_0_10v, dali_single_0..63"
        f" or dali_group_0..15{f' or {context_word}' if context_word else ''}"
    )
