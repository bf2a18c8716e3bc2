"""Our tiles, read back with the general library, say what was put in."""

from collections.abc import Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.registry.tiles.mvt import (
    EXTENT,
    Column,
    Lines,
    Numbers,
    Points,
    Texts,
    Truths,
    Words,
    encode_tile,
    line_layer,
    point_layer,
    varint,
    zigzag,
)

WORDS = ("", "lamp_failure", "communication_loss")
Facts = tuple[int, int, int, int, int, bool, str]

facts: st.SearchStrategy[Facts] = st.tuples(
    st.integers(1, 2**31 - 1),
    *(st.integers(-100, EXTENT + 100),) * 2,
    st.integers(-(2**31), 2**31),
    st.integers(0, len(WORDS) - 1),
    st.booleans(),
    st.text(alphabet="abcPL-0123456789éü神", max_size=12),
)


def read(*layers: bytes) -> dict[str, Any]:
    content = encode_tile(layers)
    found: dict[str, Any] = mapbox_vector_tile.decode(
        content, default_options={"y_coord_down": True}
    )
    return found


def texts(words: Sequence[str]) -> Texts:
    """Texts as rows of octets, the spare ones blank."""
    encoded = [word.encode() for word in words]
    width = max(map(len, encoded), default=0)
    rows = np.array([list(word.ljust(width)) for word in encoded], np.uint8)
    return Texts(rows.reshape(len(words), width), np.array([len(word) for word in encoded]))


@given(st.lists(facts, min_size=1, max_size=40))
def test_points_and_their_properties_survive(given_facts: list[Facts]) -> None:
    keys, x, y, numbers, places, truths, names = zip(*given_facts, strict=True)
    columns: dict[str, Column] = {
        "level": Numbers(np.array(numbers)),
        "fault": Words(WORDS, np.array(places)),
        "stale": Truths(np.array(truths)),
        "code": texts(names),
    }
    points = Points(np.array(keys), np.array(x), np.array(y))
    features = read(point_layer("lights", points, columns))["lights"]["features"]
    assert [
        (
            *(one["id"], *one["geometry"]["coordinates"]),
            *(one["properties"][name] for name in ("level", "fault", "stale", "code")),
        )
        for one in features
    ] == [(*fact[:4], WORDS[fact[4]], *fact[5:]) for fact in given_facts]


def test_many_different_values_need_wider_places() -> None:
    numbers = np.arange(20_000)
    points = Points(numbers + 1, numbers % EXTENT, numbers % 7)
    features = read(point_layer("lights", points, {"n": Numbers(numbers)}))["lights"]["features"]
    assert [one["properties"]["n"] for one in features] == numbers.tolist()


def test_true_and_one_stay_apart() -> None:
    points = Points(np.array([1, 2]), np.zeros(2, np.int64), np.zeros(2, np.int64))
    columns: dict[str, Column] = {
        "level": Numbers(np.array([1, 0])),
        "stale": Truths(np.array([True, False])),
    }
    features = read(point_layer("lights", points, columns))["lights"]["features"]
    values = [tuple(one["properties"].values()) for one in features]
    assert values == [(1, True), (0, False)]
    assert [type(level) for level, _ in values] == [int, int]


coordinates = st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000))


@given(st.lists(st.lists(coordinates, max_size=8, unique=True), min_size=1, max_size=8))
def test_lines_survive_and_those_of_one_point_are_left_out(
    lines: list[list[tuple[int, int]]],
) -> None:
    flat = np.array([point for line in lines for point in line], np.int64).reshape(-1, 2)
    starts = np.append(0, np.cumsum([len(line) for line in lines]))
    names = [f"circuit {number}" for number in range(len(lines))]
    layer = line_layer(
        "circuits",
        Lines(np.arange(1, len(lines) + 1), starts, flat[:, 0], flat[:, 1]),
        {"id": Words(names, np.arange(len(lines)))},
    )
    found = {
        one["properties"]["id"]: [tuple(point) for point in one["geometry"]["coordinates"]]
        for one in read(layer).get("circuits", {"features": []})["features"]
    }
    drawn = {name: line for name, line in zip(names, lines, strict=True) if len(line) > 1}
    assert found == drawn


def test_a_tile_without_features_is_empty() -> None:
    nothing = np.empty(0, np.int64)
    points = Points(nothing, nothing, nothing)
    assert encode_tile([point_layer("lights", points, {"n": Numbers(nothing)})]) == b""


@pytest.mark.parametrize(("number", "encoded"), [(0, "00"), (127, "7f"), (300, "ac02")])
def test_integers_are_written_in_base_128(number: int, encoded: str) -> None:
    assert varint(number).hex() == encoded


@pytest.mark.parametrize(("number", "folded"), [(0, 0), (-1, 1), (1, 2), (-2, 3), (2**31, 2**32)])
def test_signs_are_folded_in(number: int, folded: int) -> None:
    assert zigzag(number) == folded
