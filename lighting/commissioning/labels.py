"""What the label of a controller says: text of a QR code or Datamatrix, or typed by hand.

Sources: LoRa Alliance TR005 (LoRaWAN device identification QR codes, `LW:D0:…`); its published
example and checksum fix the CRC as CRC-16 with polynomial 0x8005 reflected, start 0xFFFF, over
all that precedes `:C`. Other labels carry a DevEUI among words, or a plain serial.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LABEL_CHARACTERS_MAX = 400
_EUI = r"[0-9A-Fa-f]{16}"
_ONBOARDING = re.compile(
    rf"LW:D0:(?P<join>{_EUI}):(?P<device>{_EUI}):(?P<profile>[0-9A-Fa-f]{{8}})(?P<more>(?::.*)?)",
    re.IGNORECASE,
)
_NAMED_EUI = re.compile(
    r"(?:DEV[\s_-]?EUI|DEVICE[\s_-]?EUI|EUI)\W{0,4}"
    r"((?:[0-9A-F]{2}[\s:.-]?){7}[0-9A-F]{2})(?![0-9A-F])",
    re.IGNORECASE,
)
_BARE_EUI = re.compile(r"(?<![0-9A-F])((?:[0-9A-F]{2}[\s:.-]?){7}[0-9A-F]{2})(?![0-9A-F])", re.I)
_NAMED_SERIAL = re.compile(r"(?:S/?N|SERIAL(?:[\s_-]?(?:NO|NUMBER))?)\W{1,4}([\w./-]{3,64})", re.I)
_SEPARATORS = re.compile(r"[\s:.-]")


class LabelKind(StrEnum):
    """How a label was understood."""

    ONBOARDING = "onboarding"
    DEV_EUI = "dev_eui"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Label:
    """A label read: the address to look for, and what else it says.

    `vendor` and `vendor_profile` are those of TR005; `is_checked` is None where the label carries
    no checksum.
    """

    kind: LabelKind
    address: str
    serial: str | None = None
    join_eui: str | None = None
    vendor: str | None = None
    vendor_profile: str | None = None
    is_checked: bool | None = None


def read_label(text: str) -> Label:
    """Understand a label; what fits nothing is taken as a plain serial or address."""
    text = text.strip()[:LABEL_CHARACTERS_MAX]
    onboarding = _ONBOARDING.fullmatch(text)
    if onboarding is not None:
        return _onboarding(text, onboarding)
    serial = _NAMED_SERIAL.search(text)
    found = _NAMED_EUI.search(text) or _BARE_EUI.search(text)
    if found is not None:
        eui = _SEPARATORS.sub("", found.group(1)).lower()
        return Label(LabelKind.DEV_EUI, eui, serial.group(1) if serial else None)
    plain = serial.group(1) if serial else text
    return Label(LabelKind.PLAIN, plain.lower(), plain)


def _onboarding(text: str, found: re.Match[str]) -> Label:
    profile = found["profile"].lower()
    more = {part[0].upper(): part[1:] for part in found["more"].split(":") if part}
    return Label(
        LabelKind.ONBOARDING,
        found["device"].lower(),
        serial=more.get("S"),
        join_eui=found["join"].lower(),
        vendor=profile[:4],
        vendor_profile=profile[4:],
        is_checked=_is_checked(text, more.get("C")),
    )


def _is_checked(text: str, checksum: str | None) -> bool | None:
    if checksum is None:
        return None
    body, _, _ = text.rpartition(":")
    return f"{crc16(body.encode()):04X}" == checksum.upper()


def crc16(body: bytes) -> int:
    """CRC-16, polynomial 0x8005 reflected (0xA001), start 0xFFFF."""
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc
