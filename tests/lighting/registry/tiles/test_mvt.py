"""Our tiles, read back with the general library, say what was put in."""

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.registry.tiles.compute import NoSuchTileError, Tile
from lighting.registry.tiles.mvt import EXTENT, Layer, Line, Point, encode_tile, varint
from lighting.registry.web_map import tile_keys

KEYS = ("name", "level", "is_stale")


def read(layers: list[Layer]) -> dict[str, object]:
    return mapbox_vector_tile.decode(encode_tile(layers), default_options={"y_coord_down": True})


@given(
    st.lists(
        st.builds(
            Point,
            st.integers(1, 2**40),
            st.integers(-100, EXTENT + 100),
            st.integers(-100, EXTENT + 100),
            st.tuples(st.text(max_size=40), st.integers(-(2**30), 2**30), st.booleans()),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_points_and_properties_survive(points: list[Point]) -> None:
    features = read([Layer("lights", KEYS, points)])["lights"]["features"]  # type: ignore[index]
    assert [
        (one["id"], *one["geometry"]["coordinates"], *(one["properties"][key] for key in KEYS))
        for one in features
    ] == [(one.identifier, one.x, one.y, *one.properties) for one in points]


def test_true_and_one_stay_apart() -> None:
    points = [Point(1, 0, 0, ("a", 1, True)), Point(2, 0, 0, ("a", 0, False))]
    features = read([Layer("lights", KEYS, points)])["lights"]["features"]  # type: ignore[index]
    assert [one["properties"]["is_stale"] for one in features] == [True, False]
    assert [type(one["properties"]["level"]) for one in features] == [int, int]


def test_lines_survive() -> None:
    line = Line(7, [(10, 20), (-30, 4000), (4100, 5)], ("circuit",))
    layer = read([Layer("circuits", ("id",), [line])])["circuits"]
    (feature,) = layer["features"]  # type: ignore[index]
    assert feature["geometry"]["coordinates"] == [[10, 20], [-30, 4000], [4100, 5]]
    assert feature["properties"] == {"id": "circuit"}


def test_a_tile_without_features_is_empty() -> None:
    assert encode_tile([Layer("lights", KEYS, [])]) == b""


@pytest.mark.parametrize(("number", "encoded"), [(0, "00"), (127, "7f"), (300, "ac02")])
def test_integers_are_written_in_base_128(number: int, encoded: str) -> None:
    assert varint(number).hex() == encoded


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_tiles_that_do_not_exist_are_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(NoSuchTileError):
        Tile(z, x, y)


@given(st.floats(-179.9, 179.9), st.floats(-85, 85), st.integers(0, 22))
def test_a_point_lies_in_the_tile_of_its_key_and_in_its_parents(
    lon: float, lat: float, z: int
) -> None:
    key = tile_keys(np.array([lon]), np.array([lat]))
    n = 1 << z
    x = int((lon + 180) / 360 * n)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)
    tile = Tile(z, x, y)
    first, last = tile.key_range()
    assert first <= int(key[0]) < last
    px, py = tile.place(key)
    assert 0 <= int(px[0]) < EXTENT
    assert 0 <= int(py[0]) < EXTENT
