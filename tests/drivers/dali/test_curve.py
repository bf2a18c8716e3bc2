"""Levels and light: the published table whole, both curves, and what people order."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.dali.curve import (
    Curve,
    curve_of,
    fade_rate_per_s,
    fade_time_s,
    is_level_of,
    level_of_percent,
    percent_of_level,
    whole_percent,
)
from drivers.errors import EncodeError

# IEC 62386-102, standard dimming curve: percent of light of levels 1 to 254.
TABLE_FILE = Path(__file__).parents[2] / "data/vectors/dali_standard_curve.csv"
TABLE = [
    (int(row["level"]), row["percent"])
    for row in csv.DictReader(TABLE_FILE.read_text().splitlines())
]

levels = st.integers(0, 254)
percents = st.integers(0, 100)
curves = st.sampled_from(Curve)


def test_the_published_table_has_a_line_for_every_level() -> None:
    assert [level for level, _ in TABLE] == list(range(1, 255))


@pytest.mark.parametrize(("level", "told"), TABLE)
def test_every_level_of_the_standard_curve_is_the_published_light(level: int, told: str) -> None:
    figures = len(told.replace(".", "").lstrip("0"))
    assert float(f"{percent_of_level(level):.{figures}g}") == float(told)


def test_half_the_light_is_level_229() -> None:
    assert level_of_percent(50) == 229
    assert level_of_percent(50, Curve.LINEAR) == 127


@given(levels, curves)
def test_a_level_survives_the_way_to_light_and_back(level: int, curve: Curve) -> None:
    assert level_of_percent(percent_of_level(level, curve), curve) == level


@given(percents, curves)
def test_more_light_is_never_a_lower_level(percent: int, curve: Curve) -> None:
    more = min(percent + 1, 100)
    assert level_of_percent(percent, curve) <= level_of_percent(more, curve)
    assert (level_of_percent(percent, curve) == 0) == (percent == 0)


@given(percents, curves)
def test_the_level_of_an_order_is_recognised(percent: int, curve: Curve) -> None:
    assert is_level_of(level_of_percent(percent, curve), percent, curve)


@given(st.integers(0, 20).map(lambda step: 5 * step), curves)
def test_a_round_percentage_is_read_back_as_ordered(percent: int, curve: Curve) -> None:
    assert whole_percent(level_of_percent(percent, curve), curve) == percent


@given(percents, curves)
def test_a_percentage_read_back_is_within_two_of_the_order(percent: int, curve: Curve) -> None:
    assert abs(whole_percent(level_of_percent(percent, curve), curve) - percent) <= 2


def test_a_neighbouring_level_counts_as_the_same_light_but_never_as_off() -> None:
    assert is_level_of(228, 50)
    assert not is_level_of(227, 50)
    assert not is_level_of(1, 0)
    assert not is_level_of(0, 1, Curve.LINEAR)


@pytest.mark.parametrize("percent", [-1, 100.5])
def test_what_is_no_percentage_is_not_ordered(percent: float) -> None:
    with pytest.raises(EncodeError, match=r"outside 0\.\.100"):
        level_of_percent(percent)


def test_there_is_no_light_of_mask() -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.254"):
        percent_of_level(255)


def test_fades_take_what_the_standard_says() -> None:
    assert [round(fade_time_s(n), 1) for n in (0, 1, 2, 7, 15)] == [0.0, 0.7, 1.0, 5.7, 90.5]
    assert [round(fade_rate_per_s(n), 1) for n in (1, 2, 7, 15)] == [357.8, 253.0, 44.7, 2.8]
    with pytest.raises(ValueError, match="fade time"):
        fade_time_s(16)
    with pytest.raises(ValueError, match="fade rate"):
        fade_rate_per_s(0)


@pytest.mark.parametrize(
    ("answer", "curve"),
    [(None, Curve.STANDARD), (0, Curve.STANDARD), (1, Curve.LINEAR), (7, Curve.STANDARD)],
)
def test_gear_that_does_not_say_linear_is_standard(answer: int | None, curve: Curve) -> None:
    assert curve_of(answer) is curve
