"""What each zoom shows, and to whom."""

from typing import Any
from uuid import UUID

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.registry.tiles import compute
from lighting.registry.tiles.compute import (
    ZOOM_OF_CIRCUITS,
    ZOOM_OF_CODES,
    ZOOM_OF_LIGHTS,
    NoSuchTileError,
    Tile,
    make_tile,
    uuid_texts,
)
from lighting.registry.tiles.model import Snapshot
from lighting.registry.tiles.mvt import EXTENT
from tests.lighting.registry.tiles.city import OTHER_TOWN, TOWN, Lamp, lit, snapshot

LON, LAT = 3.8796, 43.6084
places = st.tuples(st.floats(-179.9, 179.9), st.floats(-85, 85))


def tile_at(zoom: int, lon_deg: float = LON, lat_deg: float = LAT) -> Tile:
    count = 1 << zoom
    y = (1 - np.arcsinh(np.tan(np.radians(lat_deg))) / np.pi) / 2 * count
    return Tile(zoom, int((lon_deg + 180) / 360 * count), int(y))


def read(snapshot: Snapshot, tile: Tile, seen: frozenset[UUID] | None = None) -> dict[str, Any]:
    content = make_tile(snapshot, tile, seen)
    found: dict[str, Any] = mapbox_vector_tile.decode(
        content, default_options={"y_coord_down": True}
    )
    return {name: layer["features"] for name, layer in found.items()}


def test_a_light_is_shown_with_all_that_is_known_of_it() -> None:
    city = snapshot([Lamp(7, LON, LAT)], lit(7, fault=1))
    (light,) = read(city, tile_at(16))["light_points"]
    assert light["id"] == 7
    assert light["properties"] == {
        "id": str(UUID(int=7)),
        "code": "PL-é",
        "actual": 70,
        "desired": 100,
        "cct_k": 2200,
        "fault": "lamp_failure",
        "stale": True,
        "w": 40,
        "cabinet_id": "",
    }


def test_of_a_light_that_was_never_heard_the_levels_are_unknown() -> None:
    (light,) = read(snapshot([Lamp(7, LON, LAT)]), tile_at(16))["light_points"]
    shown = light["properties"]
    assert (shown["actual"], shown["desired"], shown["fault"], shown["stale"]) == (
        *(-1, -1),
        *("", False),
    )


@pytest.mark.parametrize("zoom", range(ZOOM_OF_LIGHTS, 23))
def test_codes_are_told_from_near_only(zoom: int) -> None:
    (light,) = read(snapshot([Lamp(7, LON, LAT)]), tile_at(zoom))["light_points"]
    assert ("code" in light["properties"]) == (zoom >= ZOOM_OF_CODES)


def test_a_tile_too_full_to_point_at_one_light_spares_the_ids(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compute, "IDENTIFIED_LIGHTS_MAX", 1)
    city = snapshot([Lamp(7, LON, LAT), Lamp(8, LON, LAT)])
    lights = read(city, tile_at(12))["light_points"]
    assert [light["id"] for light in lights] == [7, 8]
    assert all("id" not in light["properties"] for light in lights)


@given(st.lists(places, min_size=1, max_size=30), st.integers(0, ZOOM_OF_LIGHTS - 1))
def test_clusters_count_every_light_once(found: list[tuple[float, float]], zoom: int) -> None:
    lamps = [Lamp(key, *place) for key, place in enumerate(found, start=1)]
    city = snapshot(lamps, lit(*range(1, len(lamps) + 1, 2)))
    tiles = {tile_at(zoom, *place) for place in found}
    clusters = [one for tile in tiles for one in read(city, tile).get("clusters", [])]
    assert sum(one["properties"]["count"] for one in clusters) == len(lamps)
    assert sum(one["properties"]["lit"] for one in clusters) == (len(lamps) + 1) // 2
    assert all(0 <= c < EXTENT for one in clusters for c in one["geometry"]["coordinates"])


@given(places, st.integers(ZOOM_OF_LIGHTS, 22))
def test_a_light_lies_in_its_tile_and_in_no_other(place: tuple[float, float], zoom: int) -> None:
    city = snapshot([Lamp(1, *place)])
    tile = tile_at(zoom, *place)
    (light,) = read(city, tile)["light_points"]
    assert all(0 <= c < EXTENT for c in light["geometry"]["coordinates"])
    beside = Tile(zoom, (tile.x + 1) % (1 << zoom), tile.y)
    assert make_tile(city, beside, None) == b""


@pytest.mark.parametrize("zoom", [8, 12, 16])
def test_nobody_sees_the_lights_of_others(zoom: int) -> None:
    city = snapshot([Lamp(1, LON, LAT), Lamp(2, LON, LAT, town=OTHER_TOWN)])
    for seen, count in ((frozenset({TOWN}), 1), (frozenset(), 0), (None, 2)):
        layers = read(city, tile_at(zoom), seen)
        shown = layers.get("light_points", [])
        clusters = layers.get("clusters", [])
        assert len(shown) + sum(one["properties"]["count"] for one in clusters) == count


def wired(town: UUID = TOWN) -> list[Lamp]:
    """A circuit of three lights, one tile of zoom 16 apart, told out of order."""
    step = 360 / 2**16
    circuit = UUID(int=99)
    return [
        Lamp(position + 1, LON + position * step, LAT, town, circuit, position)
        for position in (2, 0, 1)
    ]


def test_a_circuit_is_drawn_in_the_order_of_its_lights() -> None:
    (line,) = read(snapshot(wired()), tile_at(ZOOM_OF_CIRCUITS))["circuits"]
    across = [x for x, _ in line["geometry"]["coordinates"]]
    assert across == sorted(across)
    assert len(across) == 3
    assert line["properties"] == {"id": str(UUID(int=99))}


def test_a_circuit_is_drawn_whole_in_every_tile_that_it_crosses() -> None:
    city = snapshot(wired())
    for position in range(3):
        tile = tile_at(16, LON + position * 360 / 2**16)
        (line,) = read(city, tile)["circuits"]
        assert len(line["geometry"]["coordinates"]) == 3


def test_circuits_belong_to_their_town_and_to_near_zooms() -> None:
    city = snapshot(wired(OTHER_TOWN))
    assert "circuits" not in read(city, tile_at(16), frozenset({TOWN}))
    assert "circuits" not in read(city, tile_at(ZOOM_OF_CIRCUITS - 1))


def test_an_empty_estate_has_empty_tiles() -> None:
    for zoom in (0, 12, 16):
        assert make_tile(snapshot([]), tile_at(zoom), None) == b""


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_tiles_that_do_not_exist_are_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(NoSuchTileError):
        Tile(z, x, y)


@given(st.lists(st.uuids(), min_size=1))
def test_uuids_are_written_as_everybody_writes_them(ids: list[UUID]) -> None:
    octets = np.frombuffer(b"".join(one.bytes for one in ids), np.uint8).reshape(-1, 16)
    assert [bytes(row).decode() for row in uuid_texts(octets)] == [str(one) for one in ids]


def test_states_of_lights_that_are_not_shown_are_passed_over() -> None:
    city = snapshot([Lamp(3, LON, LAT)], lit(1, 3, 4_000_000))
    assert city.actual.tolist() == [70]
