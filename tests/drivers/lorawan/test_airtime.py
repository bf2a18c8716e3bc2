"""Time on air against published values, and the sub-bands of Europe against their limits."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import EncodeError
from drivers.lorawan import eu868
from drivers.lorawan.airtime import (
    MAC_OVERHEAD_BYTES,
    Modulation,
    downlink_airtime,
    payload_symbols,
    physical_airtime,
)

sizes = st.integers(0, 242)
factors = st.integers(7, 12)


@pytest.mark.parametrize(
    ("modulation", "physical_bytes", "airtime_us"),
    [
        # The Things Stack, tests of its package toa, which counts a CRC.
        pytest.param(Modulation(7, has_crc=True), 10, 41_216, id="SF7"),
        pytest.param(Modulation(8, has_crc=True), 10, 72_192, id="SF8"),
        pytest.param(Modulation(9, has_crc=True), 10, 144_384, id="SF9"),
        pytest.param(Modulation(10, has_crc=True), 10, 288_768, id="SF10"),
        pytest.param(Modulation(11, has_crc=True), 10, 577_536, id="SF11, optimised"),
        pytest.param(Modulation(12, has_crc=True), 10, 991_232, id="SF12, optimised"),
        pytest.param(Modulation(7, 250_000, has_crc=True), 10, 20_608, id="250 kHz"),
        pytest.param(Modulation(7, 500_000, has_crc=True), 10, 10_304, id="500 kHz"),
        pytest.param(Modulation(7, coding_rate=2, has_crc=True), 10, 45_312, id="4/6"),
        pytest.param(Modulation(7, coding_rate=3, has_crc=True), 10, 49_408, id="4/7"),
        pytest.param(Modulation(7, coding_rate=4, has_crc=True), 10, 53_504, id="4/8"),
        pytest.param(Modulation(7, has_crc=True), 15, 46_336, id="15 bytes"),
        pytest.param(Modulation(7, has_crc=True), 16, 51_456, id="16 bytes"),
        pytest.param(Modulation(7, has_crc=True), 19, 51_456, id="19 bytes"),
        pytest.param(Modulation(7, has_crc=True), 13, 46_336, id="13 bytes"),
    ],
)
def test_airtime_is_the_published_one(
    modulation: Modulation, physical_bytes: int, airtime_us: int
) -> None:
    assert physical_airtime(modulation, physical_bytes) == timedelta(microseconds=airtime_us)


def test_a_downlink_without_crc_by_hand() -> None:
    """SF9, 16 bytes: (128 - 36 + 28) / 36 = 3.33 blocks, so 8 + 4 × 5 symbols, and 12.25 before."""
    assert downlink_airtime(Modulation(9), 3) == timedelta(milliseconds=40.25 * 4.096)


@pytest.mark.parametrize(
    ("coding_rate", "physical_bytes", "has_header", "symbols"),
    [
        # brocaar/lorawan, package airtime, its tests: SF12 with CRC and optimisation.
        pytest.param(1, 50, True, 58, id="50 bytes"),
    ],
)
def test_symbols_are_the_published_ones(
    coding_rate: int, physical_bytes: int, has_header: bool, symbols: int
) -> None:
    uplink = Modulation(12, coding_rate=coding_rate, has_crc=True)
    assert payload_symbols(uplink, physical_bytes, has_header) == symbols


def test_a_symbol_lasts_what_the_datasheet_says() -> None:
    assert Modulation(12).symbol_s == pytest.approx(0.032768)
    assert Modulation(9).symbol_s == pytest.approx(0.004096)
    assert Modulation(9, bandwidth_hz=500_000).symbol_s == pytest.approx(0.001024)


def test_long_symbols_are_optimised() -> None:
    optimised = {factor for factor in range(7, 13) if Modulation(factor).is_optimised}
    assert optimised == {11, 12}
    assert Modulation(12, bandwidth_hz=250_000).is_optimised
    assert not Modulation(11, bandwidth_hz=250_000).is_optimised


@given(factors, sizes)
def test_more_bytes_never_take_less_air(factor: int, size: int) -> None:
    at = Modulation(factor)
    assert physical_airtime(at, size) <= physical_airtime(at, size + 1)


@given(st.integers(7, 11), sizes)
def test_a_slower_factor_takes_more_air(factor: int, size: int) -> None:
    assert physical_airtime(Modulation(factor), size) < physical_airtime(
        Modulation(factor + 1), size
    )


def test_a_downlink_carries_its_frame_around_the_payload() -> None:
    at = Modulation(9)
    assert downlink_airtime(at, 3) == physical_airtime(at, 3 + MAC_OVERHEAD_BYTES)


@pytest.mark.parametrize(
    ("frequency_hz", "duty_cycle"),
    [
        pytest.param(868_100_000, 0.01, id="first channel"),
        pytest.param(868_500_000, 0.01, id="third channel"),
        pytest.param(867_100_000, 0.01, id="fourth channel"),
        pytest.param(868_800_000, 0.001, id="between the alarms"),
        pytest.param(eu868.RX2_FREQUENCY_HZ, 0.10, id="second window"),
        pytest.param(869_850_000, 0.01, id="top of the band"),
    ],
)
def test_a_frequency_has_the_duty_cycle_of_its_sub_band(
    frequency_hz: int, duty_cycle: float
) -> None:
    band = eu868.sub_band(frequency_hz)
    assert band.duty_cycle == duty_cycle
    assert eu868.sub_band_named(band.name) == band


@pytest.mark.parametrize("frequency_hz", [862_900_000, 868_650_000, 869_300_000, 915_000_000])
def test_where_lorawan_may_not_send_is_refused(frequency_hz: int) -> None:
    with pytest.raises(EncodeError, match="no sub-band"):
        eu868.sub_band(frequency_hz)


def test_sub_bands_do_not_overlap() -> None:
    bands = eu868.SUB_BANDS
    assert all(one.to_hz <= next_.from_hz for one, next_ in pairwise(bands))


def test_each_data_rate_has_a_modulation_and_a_size() -> None:
    assert set(eu868.DATA_RATES) == set(eu868.PAYLOAD_BYTES_MAX)
    assert eu868.modulation(3) == Modulation(9)
    with pytest.raises(EncodeError, match="data rate 15"):
        eu868.modulation(15)
