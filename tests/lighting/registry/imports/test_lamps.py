"""Rows become lamps; rows that cannot be taken say why."""

from datetime import date
from typing import Any

import pytest

from lighting.registry.imports.formats import read_rows
from lighting.registry.imports.lamps import read_lamps
from lighting.registry.imports.mapping import mapping
from lighting.registry.imports.model import Lamp, Rejected
from lighting.registry.model import LampTechnology
from tests.lighting.registry.imports.files import OURS, TWO_LAMP_POLES, lamp_row, our_csv

TODAY = date(2026, 11, 21)


def read(*rows: dict[str, object]) -> tuple[list[Lamp], list[Rejected]]:
    found, _ = read_rows(our_csv(*rows), OURS)
    return read_lamps(found, OURS, TODAY)


@pytest.fixture(scope="module")
def poles() -> tuple[list[Lamp], list[Rejected]]:
    """The lamps of the file with two-lamp poles."""
    spec = mapping("urbana_csv")
    rows, _ = read_rows(TWO_LAMP_POLES.read_bytes(), spec)
    return read_lamps(rows, spec, TODAY)


def lamps_of(poles: tuple[list[Lamp], list[Rejected]], pole: int) -> list[dict[str, Any]]:
    """What the file says of the lamps of one pole, by its number."""
    name = f"-{pole:012d}}}"
    return [dict(lamp.facts) for lamp in poles[0] if name in lamp.key]


def test_web_mercator_metres_become_degrees(poles: tuple[list[Lamp], list[Rejected]]) -> None:
    (lamp,) = lamps_of(poles, 1)
    assert (lamp["lon_deg"], lamp["lat_deg"]) == pytest.approx((-88.201, 40.111), abs=1e-3)


def test_a_plain_row_says_all_that_it_holds(poles: tuple[list[Lamp], list[Rejected]]) -> None:
    (lamp,) = lamps_of(poles, 1)
    assert lamp["code"] == "101"
    assert (lamp["rated_power_w"], lamp["lamp_technology"]) == (250, LampTechnology.HPS)
    assert (lamp["cabinet_code"], lamp["circuit_code"]) == ("SL006", "A")
    assert lamp["installed_on"] == date(2005, 1, 1)
    assert lamp["attributes"] == {"height_class": "6", "colour": "Black"}
    assert "support_height_m" not in lamp


@pytest.mark.parametrize(
    ("pole", "expected"),
    [
        pytest.param(2, [(286, LampTechnology.LED)], id="a remark in brackets"),
        pytest.param(3, [(286, LampTechnology.LED), (85, None)], id="only one of two is told"),
        pytest.param(4, [(250, "OTHER"), (85, "OTHER")], id="one kind for both"),
        pytest.param(5, [(250, LampTechnology.HPS), (100, "OTHER")], id="each its own"),
        pytest.param(6, [(None, LampTechnology.LED)], id="a lone space is no power"),
        pytest.param(7, [(None, None)], id="only a position and a cabinet"),
    ],
)
def test_two_lamps_of_a_pole_are_two_lamps(
    poles: tuple[list[Lamp], list[Rejected]], pole: int, expected: list[tuple[Any, Any]]
) -> None:
    found = lamps_of(poles, pole)
    assert [(one.get("rated_power_w"), one.get("lamp_technology")) for one in found] == expected


def test_the_first_lamp_keeps_the_number_of_the_pole(
    poles: tuple[list[Lamp], list[Rejected]],
) -> None:
    assert [lamp["code"] for lamp in lamps_of(poles, 4)] == ["104", "104-2"]
    first, second = [lamp for lamp in poles[0] if lamp.line == 5]
    assert second.key == f"{first.key}/2"
    assert first.support_key == second.support_key


def test_what_is_no_plate_number_is_numbered_by_us(
    poles: tuple[list[Lamp], list[Rejected]],
) -> None:
    for pole in (8, 9):
        (lamp,) = lamps_of(poles, pole)
        assert "code" not in lamp


def test_rows_that_cannot_be_taken_say_why(poles: tuple[list[Lamp], list[Rejected]]) -> None:
    assert [(row.line, row.code) for row in poles[1]] == [
        (11, "unknown_value"),
        (12, "lamps_disagree"),
        (13, "outside_box"),
    ]
    assert poles[1][0].raw["Lamp_Type"] == "Plasma"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"lon_deg": ""}, "missing_position"),
        ({"lon_deg": " "}, "missing_position"),
        ({"lat_deg": "north"}, "not_a_number"),
        ({"lat_deg": "nan"}, "not_a_number"),
        ({"lat_deg": "95"}, "outside_box"),
        ({"lon_deg": "inf"}, "not_a_number"),
        ({"code": ""}, "missing_key"),
        ({"code": "x" * 60}, "unusable_text"),
        ({"code": "a\x01b"}, "unusable_text"),
        ({"installed_on": "8150-01-01"}, "date_in_future"),
        ({"installed_on": "2026-11-22"}, "date_in_future"),
        ({"installed_on": "soon"}, "not_a_date"),
        ({"rated_power_w": "0"}, "out_of_range"),
        ({"rated_power_w": "-5"}, "out_of_range"),
        ({"rated_power_w": "lots"}, "not_a_number"),
        ({"street": "a\x00b"}, "unusable_text"),
    ],
    ids=str,
)
def test_a_row_with_a_bad_value_is_not_taken(facts: dict[str, object], code: str) -> None:
    lamps, rejected = read({**lamp_row("PL-1"), **facts})
    assert lamps == []
    assert [row.code for row in rejected] == [code]


def test_every_reason_is_told() -> None:
    _, (row,) = read(lamp_row("PL-1", rated_power_w="lots", installed_on="soon"))
    assert "rated_power_w: 'lots' is not a number" in row.reason
    assert "installed_on: 'soon' is not a date" in row.reason


def test_a_number_that_stands_twice_is_refused_both_times() -> None:
    lamps, rejected = read(lamp_row("PL-1"), lamp_row("PL-2"), lamp_row("PL-1"))
    assert [lamp.key for lamp in lamps] == ["PL-2"]
    assert [(row.line, row.code) for row in rejected] == [
        (2, "duplicate_key"),
        (4, "duplicate_key"),
    ]


def test_a_bad_row_does_not_make_its_twin_a_duplicate() -> None:
    lamps, rejected = read(lamp_row("PL-1", lon_deg=""), lamp_row("PL-1"))
    assert [lamp.line for lamp in lamps] == [3]
    assert [row.code for row in rejected] == ["missing_position"]


def test_lamps_of_one_position_are_told_apart_by_their_order() -> None:
    spec = mapping("montpellier_csv")
    header = "seq,type_lanterne,x_l93_m,y_l93_m,lon_deg,lat_deg\n"
    lines = "1,LANTERNE,770999.84,6278801.52,,\n2,Lanterne,770999.84,6278801.52,,\n"
    rows, _ = read_rows((header + lines).encode(), spec)
    lamps, _ = read_lamps(rows, spec, TODAY)
    assert [lamp.key for lamp in lamps] == [
        "770999.84/6278801.52#1",
        "770999.84/6278801.52#2",
    ]
    assert len({lamp.support_key for lamp in lamps}) == 1
    assert {lamp.facts["model"] for lamp in lamps} == {"Lanterne"}
    assert (lamps[0].facts["lon_deg"], lamps[0].facts["lat_deg"]) == (3.8791371, 43.60471)
