"""Numbers, dates and words in French and English."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lighting.contracts.model import AdjustmentKind, Component
from lighting.reporting.document import Column, Kind
from lighting.reporting.model import Language
from lighting.reporting.texts import WORDS, english, french
from lighting.reporting.wording import Wording

FR = Wording(Language.FR, "Europe/Paris")
EN = Wording(Language.EN, "Europe/Paris")


@pytest.mark.parametrize(
    ("value", "decimals", "in_french", "in_english"),
    [
        ("1234567.891", 1, "1\u202f234\u202f567,9", "1,234,567.9"),
        ("0.5", 0, "1", "1"),
        ("-12.345", 2, "−12,35", "−12.35"),
        ("-0.001", 0, "0", "0"),
        ("999", 0, "999", "999"),
    ],
)
def test_numbers_are_grouped_and_rounded_half_up(
    value: str, decimals: int, in_french: str, in_english: str
) -> None:
    assert FR.number(Decimal(value), decimals) == in_french
    assert EN.number(Decimal(value), decimals) == in_english


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("1", "100,0\u00a0%", id="all"),
        pytest.param("0", "0,0\u00a0%", id="nothing"),
        pytest.param("0.99999", "99,9\u00a0%", id="not quite all"),
        pytest.param("0.00001", "0,1\u00a0%", id="not quite nothing"),
    ],
)
def test_a_share_that_is_not_whole_is_never_shown_as_whole(value: str, text: str) -> None:
    assert FR.share(Decimal(value)) == text


def test_dates_and_instants_follow_the_local_clock() -> None:
    at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert FR.instant(at) == "1er\u00a0novembre 2026 à 00:30"
    assert EN.instant(at) == "1\u00a0November 2026 at 00:30"
    assert FR.short_instant(at) == "01/11\u00a000:30"
    assert EN.short_instant(at) == "1\u00a0Nov\u00a000:30"
    assert FR.short_day(date(2026, 10, 25)) == "dim. 25"
    assert FR.eur(Decimal("1234.5")) == "1\u202f234,50\u00a0€"
    assert EN.eur(Decimal("1234.5")) == "€1,234.50"


def test_a_quantity_shows_only_the_decimals_it_has() -> None:
    column = Column("", Kind.QUANTITY, "", 3)
    assert FR.cell(Decimal("10.000"), column) == "10"
    assert FR.cell(Decimal("233.220"), column) == "233,22"
    assert FR.cell(None, column) == "–"


def test_both_languages_say_the_same_things() -> None:
    places = re.compile(r"{(\w+)}")
    assert french.TEXTS.keys() == english.TEXTS.keys()
    for key, text in french.TEXTS.items():
        assert set(places.findall(text)) == set(places.findall(english.TEXTS[key])), key


@pytest.mark.parametrize("language", Language)
def test_every_component_and_line_has_its_word(language: Language) -> None:
    words = WORDS[language]
    assert set(words.components) == set(Component)
    kinds = {one.value for one in AdjustmentKind} - {AdjustmentKind.CITY_HOURS.value}
    assert set(words.baseline_lines) == kinds | {"reference"}


def test_french_never_breaks_before_high_punctuation() -> None:
    for text in WORDS[Language.FR].texts.values():
        assert not re.search(r" [;:?!»]|« ", text), text
