"""What the named transforms make of the texts of real files."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lighting.registry.imports.model import BadValueError
from lighting.registry.imports.transforms import TRANSFORMS

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("transform", "text", "value"),
    [
        ("text", "  two   words ", "two words"),
        ("text", "two\r\n\tlines", "two lines"),
        ("capitalised", "LUMINAIRE AMBIANCE", "Luminaire ambiance"),
        ("title", "E GOWEN RD", "E Gowen Rd"),
        ("lower", "70B3D5E75E000001", "70b3d5e75e000001"),
        ("number", "37,5", 37.5),
        ("integer", "3.0", 3),
        ("feet", "35", 10.67),
        ("watts", "286(LED)", 286),
        ("watts", "66 (LED)", 66),
        ("watts", "250", 250),
        ("bracketed", "66 (LED)", "LED"),
        ("bracketed", "250", None),
        ("iso_date", "2013-08-20T00:00:00.000Z", date(2013, 8, 20)),
        ("iso_date", "8150-01-01T00:00:00.000Z", date(8150, 1, 1)),
        ("local_date", "2005/01/01 06:00:00+00", date(2005, 1, 1)),
        ("local_date", "2018/09/01 05:00:00+00", date(2018, 9, 1)),
        ("local_date", "2018/09/01 04:59:00+00", date(2018, 8, 31)),
        ("day_month_year", "20/08/2013", date(2013, 8, 20)),
    ],
)
def test_a_text_becomes_a_value(transform: str, text: str, value: Any) -> None:
    assert TRANSFORMS[transform](text, CHICAGO) == value


@pytest.mark.parametrize(
    ("transform", "text", "code"),
    [
        ("number", "a lot", "not_a_number"),
        ("number", "nan", "not_a_number"),
        ("number", "1e999", "not_a_number"),
        ("integer", "3.5", "not_a_number"),
        ("iso_date", "2013-13-01", "not_a_date"),
        ("local_date", "yesterday", "not_a_date"),
        ("day_month_year", "2013-08-20", "not_a_date"),
        ("text", "a\x00b", "unusable_text"),
        ("text", "x" * 501, "unusable_text"),
    ],
)
def test_a_bad_text_says_what_is_wrong(transform: str, text: str, code: str) -> None:
    with pytest.raises(BadValueError) as raised:
        TRANSFORMS[transform](text, CHICAGO)
    assert raised.value.code == code
