"""Layout of the memory banks of control gear, as data.

Sources: IEC 62386-102 §9.10.6 (bank 0); DiiA specifications parts 251 (bank 1), 252 (banks 202 to
204) and 253 (banks 205 to 207), which became IEC 62386-251, -252 and -253.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """How the bytes of a field become a value; all numbers have their highest byte first."""

    NUMBER = auto()
    SCALED = auto()  # the first byte is a signed power of ten, -6 to 6
    FLAG = auto()
    TEMPERATURE = auto()  # number less 60, in °C
    TEXT = auto()  # ASCII up to a zero byte
    VERSION = auto()  # two bytes: major, minor


class Field(NamedTuple):
    """A value of a bank: its place, and `factor` by which a number is multiplied."""

    name: str
    offset: int
    length: int = 1
    kind: Kind = Kind.NUMBER
    factor: float = 1
    number_max: int | None = None

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.offset + self.length


class Bank(NamedTuple):
    """A memory bank; `is_latched` when its values can be frozen to be read together."""

    number: int
    fields: Sequence[Field]
    is_latched: bool = False

    @property
    def last_offset(self) -> int:
        """The last offset that holds something known."""
        return max(field.end for field in self.fields) - 1

    @property
    def first_offset(self) -> int:
        """The first offset that holds a value; below stand the length and the lock byte."""
        return min(field.offset for field in self.fields)


def _failure(name: str, offset: int) -> tuple[Field, Field]:
    """A condition and how often it was met."""
    return Field(name, offset, 1, Kind.FLAG), Field(f"{name}_counter", offset + 1)


def _energy(number: int, energy: str, power: str) -> Bank:
    return Bank(
        number,
        (
            Field("bank_version", 0x03),
            Field(energy, 0x04, 7, Kind.SCALED),
            Field(power, 0x0B, 5, Kind.SCALED),
        ),
        is_latched=True,
    )


_IDENTITY = Bank(
    0,
    (
        Field("last_bank", 0x02),
        Field("gtin", 0x03, 6),
        Field("firmware_version", 0x09, 2, Kind.VERSION),
        Field("serial", 0x0B, 8),
        Field("hardware_version", 0x13, 2, Kind.VERSION),
    ),
)
_LUMINAIRE = Bank(
    1,
    (
        Field("gtin", 0x03, 6),
        Field("luminaire_id", 0x09, 8),
        Field("content_format_id", 0x11, 2),
        Field("year", 0x13),
        Field("week", 0x14, number_max=53),
        Field("nominal_input_power_w", 0x15, 2),
        Field("min_dim_power_w", 0x17, 2),
        Field("mains_min_v", 0x19, 2),
        Field("mains_max_v", 0x1B, 2),
        Field("light_output_lm", 0x1D, 3),
        Field("cri", 0x20, number_max=100),
        Field("cct_k", 0x21, 2, number_max=17_000),
        Field("light_distribution", 0x23),
        Field("colour", 0x24, 24, Kind.TEXT),
        Field("identification", 0x3C, 60, Kind.TEXT),
    ),
)
_GEAR_DIAGNOSTICS = Bank(
    205,
    (
        Field("bank_version", 0x03),
        Field("operating_time_s", 0x04, 4),
        Field("start_counter", 0x08, 3),
        Field("supply_voltage_v", 0x0B, 2, factor=0.1),
        Field("supply_frequency_hz", 0x0D),
        Field("power_factor", 0x0E, factor=0.01, number_max=100),
        *_failure("overall_failure", 0x0F),
        *_failure("undervoltage", 0x11),
        *_failure("overvoltage", 0x13),
        *_failure("output_power_limitation", 0x15),
        *_failure("thermal_derating", 0x17),
        *_failure("thermal_shutdown", 0x19),
        Field("temperature_c", 0x1B, 1, Kind.TEMPERATURE),
        Field("output_current_percent", 0x1C),
    ),
    is_latched=True,
)
_LIGHT_SOURCE_DIAGNOSTICS = Bank(
    206,
    (
        Field("bank_version", 0x03),
        Field("start_counter_resettable", 0x04, 3),
        Field("start_counter", 0x07, 3),
        Field("on_time_resettable_s", 0x0A, 4),
        Field("on_time_s", 0x0E, 4),
        Field("voltage_v", 0x12, 2, factor=0.1),
        Field("current_a", 0x14, 2, factor=0.001),
        *_failure("overall_failure", 0x16),
        *_failure("short_circuit", 0x18),
        *_failure("open_circuit", 0x1A),
        *_failure("thermal_derating", 0x1C),
        *_failure("thermal_shutdown", 0x1E),
        Field("temperature_c", 0x20, 1, Kind.TEMPERATURE),
    ),
    is_latched=True,
)
_MAINTENANCE = Bank(
    207,
    (
        Field("bank_version", 0x03),
        Field("rated_life_h", 0x04, factor=1000),
        Field("reference_temperature_c", 0x05, 1, Kind.TEMPERATURE),
        Field("rated_starts", 0x06, 2, factor=100),
    ),
)

BANKS: Mapping[int, Bank] = {
    bank.number: bank
    for bank in (
        _IDENTITY,
        _LUMINAIRE,
        _energy(202, "active_energy_wh", "active_power_w"),
        _energy(203, "apparent_energy_vah", "apparent_power_va"),
        _energy(204, "loadside_energy_wh", "loadside_power_w"),
        _GEAR_DIAGNOSTICS,
        _LIGHT_SOURCE_DIAGNOSTICS,
        _MAINTENANCE,
    )
}

LIGHT_DISTRIBUTIONS = ("not specified", "Type I", "Type II", "Type III", "Type IV", "Type V")
"""Words for the field `light_distribution` of bank 1."""
YEAR_BASE = 2000  # the field `year` of bank 1 counts from here
CCT_BY_PART_209 = 0xFFFE  # in `cct_k`: the colour is told by device type 8
