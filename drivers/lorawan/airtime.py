"""How long a LoRa frame holds the air: Semtech's formula.

Source: Semtech SX1276/77/78/79 datasheet rev. 7, section 4.1.1.7 "Time on air".
"""

from datetime import timedelta
from math import ceil

from msgspec import Struct

SPREADING_FACTORS = range(7, 13)
PREAMBLE_SYMBOLS = 8  # LoRaWAN 1.0.3 regional parameters, EU863-870
# LoRaWAN 1.0.3, sections 4.1 to 4.4: MHDR 1, DevAddr 4, FCtrl 1, FCnt 2, FPort 1, MIC 4.
MAC_OVERHEAD_BYTES = 13
# Above this symbol time the datasheet asks for the low data rate optimisation: SF11 and SF12 at
# 125 kHz, SF12 at 250 kHz.
LONG_SYMBOL_S = 0.016

_SYNC_SYMBOLS = 4.25  # sync word and start of frame, sent after the preamble
_HEADER_BITS = 20


class Modulation(Struct, frozen=True, gc=False):
    """LoRa parameters of a frame; `coding_rate` 1 to 4 stands for 4/5 to 4/8.

    A downlink of LoRaWAN has an explicit header and no payload CRC; an uplink has both.
    """

    spreading_factor: int
    bandwidth_hz: int = 125_000
    coding_rate: int = 1
    has_crc: bool = False

    @property
    def symbol_s(self) -> float:
        """Length of one symbol."""
        return float(1 << self.spreading_factor) / self.bandwidth_hz

    @property
    def is_optimised(self) -> bool:
        """Whether the low data rate optimisation is on."""
        return self.symbol_s >= LONG_SYMBOL_S


def payload_symbols(modulation: Modulation, physical_bytes: int, has_header: bool = True) -> int:
    """Symbols of header, payload and CRC of `physical_bytes` (the PHYPayload)."""
    bits = (
        8 * physical_bytes
        - 4 * modulation.spreading_factor
        + 28
        + 16 * modulation.has_crc
        - _HEADER_BITS * (not has_header)
    )
    bits_a_block = 4 * (modulation.spreading_factor - 2 * modulation.is_optimised)
    return 8 + max(ceil(bits / bits_a_block) * (modulation.coding_rate + 4), 0)


def physical_airtime(
    modulation: Modulation, physical_bytes: int, has_header: bool = True
) -> timedelta:
    """Time on air of a PHYPayload, preamble included."""
    symbols = PREAMBLE_SYMBOLS + _SYNC_SYMBOLS
    symbols += payload_symbols(modulation, physical_bytes, has_header)
    return timedelta(seconds=symbols * modulation.symbol_s)


def downlink_airtime(modulation: Modulation, payload_bytes: int) -> timedelta:
    """Time on air of a LoRaWAN downlink with an application payload and no MAC options."""
    return physical_airtime(modulation, MAC_OVERHEAD_BYTES + payload_bytes)
