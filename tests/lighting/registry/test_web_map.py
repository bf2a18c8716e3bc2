"""The integer web map agrees with the usual formulas, and tiles are ranges of keys."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.registry.web_map import (
    WORLD_STEPS,
    box_ranges,
    tile_keys,
    tile_range,
    world_xy,
    xy_of_tile_keys,
)

lons = st.floats(-180, 180)
lats = st.floats(-85, 85)


def tile_of(lon_deg: float, lat_deg: float, zoom: int) -> tuple[int, int]:
    """The slippy-map tile of a position, by the published formula."""
    count = 2**zoom
    x = (lon_deg + 180) / 360 * count
    y = (1 - math.asinh(math.tan(math.radians(lat_deg))) / math.pi) / 2 * count
    return min(int(x), count - 1), min(int(y), count - 1)


@pytest.mark.parametrize(
    ("lon_deg", "lat_deg", "x", "y"),
    [(-90, 60, 0, 0), (90, 60, 1, 0), (-90, -60, 0, 1), (90, -60, 1, 1)],
)
def test_the_four_quarters_of_the_world(lon_deg: int, lat_deg: int, x: int, y: int) -> None:
    first, after = tile_range(1, x, y)
    assert first <= tile_keys(np.array([float(lon_deg)]), np.array([float(lat_deg)]))[0] < after


@given(lons, lats, st.integers(0, 20))
def test_a_key_lies_in_the_range_of_its_tile(lon_deg: float, lat_deg: float, zoom: int) -> None:
    key = int(tile_keys(np.array([lon_deg]), np.array([lat_deg]))[0])
    first, after = tile_range(zoom, *tile_of(lon_deg, lat_deg, zoom))
    assert first <= key < after


@given(st.lists(st.tuples(lons, lats), min_size=1))
def test_a_key_keeps_both_coordinates(places: list[tuple[float, float]]) -> None:
    lon_deg, lat_deg = np.array(places).T
    x, y = world_xy(lon_deg, lat_deg)
    back_x, back_y = xy_of_tile_keys(tile_keys(lon_deg, lat_deg))
    assert (back_x == x).all()
    assert (back_y == y).all()


@pytest.mark.parametrize("lat_deg", [90.0, -90.0, 85.06, -85.06])
def test_the_poles_stay_on_the_map(lat_deg: float) -> None:
    _, y = world_xy(np.array([0.0]), np.array([lat_deg]))
    assert 0 <= y[0] < WORLD_STEPS


@given(lons, lats, st.floats(0.0001, 5), st.floats(0, 1), st.floats(0, 1))
def test_a_box_is_covered_by_few_ranges(
    west: float, south: float, size: float, across: float, up: float
) -> None:
    east, north = min(west + size, 180), min(south + size, 85)
    ranges = box_ranges(west, south, east, north)
    inside = tile_keys(
        np.array([west + (east - west) * across]), np.array([south + (north - south) * up])
    )
    assert len(ranges) <= 16
    assert any(first <= inside[0] < after for first, after in ranges)
