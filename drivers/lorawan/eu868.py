"""What the air of Europe allows LoRaWAN: data rates, and sub-bands with their duty cycles.

Sources: LoRaWAN regional parameters RP002-1.0.4, section 2.4 (EU863-870); ETSI EN 300 220-2
V3.2.1, annex B (bands K to P), with the powers of annex B in e.r.p.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from drivers.errors import EncodeError
from drivers.lorawan.airtime import Modulation


class SubBand(Struct, frozen=True, gc=False):
    """A stretch of spectrum: each transmitter may hold it for this share of any hour."""

    name: str
    from_hz: int
    to_hz: int
    duty_cycle: float
    power_mw_max: int


SUB_BANDS: Sequence[SubBand] = (
    SubBand("K", 863_000_000, 865_000_000, 0.001, 25),
    SubBand("L", 865_000_000, 868_000_000, 0.01, 25),
    SubBand("M", 868_000_000, 868_600_000, 0.01, 25),
    SubBand("N", 868_700_000, 869_200_000, 0.001, 25),
    SubBand("P", 869_400_000, 869_650_000, 0.10, 500),
    SubBand("Q", 869_700_000, 870_000_000, 0.01, 25),
)

RX2_FREQUENCY_HZ = 869_525_000
RX2_DATA_RATE = 0
FIRST_CHANNEL_HZ = 868_100_000  # of the three channels every network has, all in sub-band M

DATA_RATES: Mapping[int, Modulation] = {
    0: Modulation(12),
    1: Modulation(11),
    2: Modulation(10),
    3: Modulation(9),
    4: Modulation(8),
    5: Modulation(7),
    6: Modulation(7, bandwidth_hz=250_000),
}
"""The LoRa data rates; 7 is FSK and unused here."""

PAYLOAD_BYTES_MAX: Mapping[int, int] = {0: 51, 1: 51, 2: 51, 3: 115, 4: 222, 5: 222, 6: 222}
"""Largest application payload without MAC options, where a repeater may stand in between."""

_BY_NAME = {band.name: band for band in SUB_BANDS}


def sub_band(frequency_hz: int) -> SubBand:
    """The sub-band of a frequency; raises `EncodeError` where LoRaWAN may not send."""
    for band in SUB_BANDS:
        if band.from_hz <= frequency_hz <= band.to_hz:
            return band
    raise EncodeError(f"{frequency_hz} Hz lies in no sub-band of EU863-870")


def sub_band_named(name: str) -> SubBand:
    """The sub-band of a name given by `sub_band`."""
    return _BY_NAME[name]


def modulation(data_rate: int) -> Modulation:
    """The modulation of a data rate; raises `EncodeError`."""
    known = DATA_RATES.get(data_rate)
    if known is None:
        raise EncodeError(f"data rate {data_rate} is none of {', '.join(map(str, DATA_RATES))}")
    return known
