"""Files of every format become rows of texts; hostile files become clear refusals."""

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest
from pyproj import CRS

from lighting.registry.imports import model
from lighting.registry.imports.formats import opening, read_rows, shapefile_zip
from lighting.registry.imports.mapping import mapping
from lighting.registry.imports.model import ImportFileError
from tests.lighting.registry.imports.files import (
    KAMIYAMA,
    MONTPELLIER_CSV,
    MONTPELLIER_SHAPEFILE,
    OURS,
    our_csv,
)

KAMI = mapping("kamiyama_geojson")
SHAPES = mapping("montpellier_shapefile")


def zipped(**members: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("_", "."), content)
    return archive.getvalue()


def members() -> dict[str, bytes]:
    """The parts of the real shapefile, cut to what a reader needs."""
    with zipfile.ZipFile(MONTPELLIER_SHAPEFILE) as archive:
        return {
            f"lamps_{name[-3:]}": archive.read(name)
            for name in archive.namelist()
            if name.endswith((".shp", ".shx", ".dbf", ".prj"))
        }


def test_a_csv_row_is_numbered_by_its_line() -> None:
    content = our_csv({"code": "PL-1", "street": '"Rue\nhaute"'}, {"code": "PL-2"})
    rows, rejected = read_rows(b"\xef\xbb\xbf" + content, OURS)
    assert [(row.line, row.values["code"]) for row in rows] == [(2, "PL-1"), (4, "PL-2")]
    assert rejected == []


def test_a_csv_row_that_does_not_fit_the_header_is_kept_apart() -> None:
    rows, rejected = read_rows(our_csv({"code": "PL-1"}) + b"\nonly,three,values\n", OURS)
    assert [row.line for row in rows] == [2]
    assert [(row.line, row.code) for row in rejected] == [(3, "malformed_row")]
    assert rejected[0].raw == {"row": "only|three|values"}


def test_columns_without_a_name_are_passed_over() -> None:
    header, line = our_csv({"code": "PL-1"}).decode().split("\n")
    rows, _ = read_rows(f"{header},,\n{line},x,y\n".encode(), OURS)
    assert rows[0].values["code"] == "PL-1"


def test_geojson_features_are_rows_with_a_position() -> None:
    rows, _ = read_rows(KAMIYAMA.read_bytes(), KAMI)
    assert len(rows) == 11
    assert rows[0].values["id"] == "node/13959591209"
    assert (rows[0].values["@x"], rows[0].values["@y"]) == ("134.3540467", "33.967031")


@pytest.mark.parametrize(
    "geometry",
    [
        "null",
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Point", "coordinates": [1]}',
        "7",
    ],
)
def test_a_feature_that_is_no_point_has_no_position(geometry: str) -> None:
    properties = '{"id": 1, "lamp_type": null, "lamp_mount": ["a"], "support": true}'
    feature = f'{{"geometry": {geometry}, "properties": {properties}}}'
    rows, _ = read_rows(f'{{"features": [{feature}]}}'.encode(), KAMI)
    assert rows[0].values["@x"] == ""
    assert rows[0].values["support"] == "true"
    assert rows[0].values["lamp_mount"] == '["a"]'


def test_the_shapefile_and_the_csv_of_one_city_tell_the_same() -> None:
    shapes, _ = read_rows(MONTPELLIER_SHAPEFILE.read_bytes(), SHAPES)
    lines, _ = read_rows(MONTPELLIER_CSV.read_bytes(), mapping("montpellier_csv"))
    assert len(shapes) == len(lines) == 29_969
    assert [row.values["type_lante"] for row in shapes] == [
        row.values["type_lanterne"] for row in lines
    ]


def test_a_shapefile_in_another_projection_is_refused() -> None:
    other = CRS.from_epsg(32631).to_wkt("WKT1_ESRI").encode()
    with pytest.raises(ImportFileError, match=r"EPSG:32631.*EPSG:2154"):
        read_rows(zipped(**{**members(), "lamps_prj": other}), SHAPES)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("reverbere_csv", lambda: b"", "columns that the file has not"),
    "header only": ("reverbere_csv", lambda: our_csv(), "no rows"),
    "another city's": ("boise_csv", lambda: our_csv({"code": "1"}), "PoleNum"),
    "latin-1": ("reverbere_csv", lambda: our_csv({"street": "x"}) + b"\xe9", "is not utf-8"),
    "utf-16": ("reverbere_csv", lambda: our_csv({"code": "1"}).decode().encode("utf-16"), "byte 1"),
    "open quote": ("reverbere_csv", lambda: our_csv({"code": '"1'}), "not well-formed CSV"),
    "huge cell": ("reverbere_csv", lambda: our_csv({"code": "x" * 200_000}), "well-formed CSV"),
    "header twice": ("reverbere_csv", lambda: b"code," + our_csv({"code": "1"}), "twice"),
    "half a gzip": ("boise_csv", lambda: gzip.compress(our_csv({"code": "1"}))[:-9], "damaged"),
    "not json": ("kamiyama_geojson", lambda: b"{'features': []}", "not JSON"),
    "deep json": ("kamiyama_geojson", lambda: b"[" * 100_000, "not JSON"),
    "other json": ("kamiyama_geojson", lambda: b"[1, 2]", "not a GeoJSON FeatureCollection"),
    "not a zip": ("montpellier_shapefile", lambda: b"PK nothing", "not a sound zip archive"),
    "no shape": ("montpellier_shapefile", lambda: zipped(a_txt=b"x"), "0 .shp files"),
    "no table": ("montpellier_shapefile", lambda: zipped(a_shp=b"x"), "no .dbf"),
    "noise": ("montpellier_shapefile", lambda: zipped(a_shp=b"x" * 99, a_dbf=b"y" * 99), "damaged"),
    "cut table": (
        "montpellier_shapefile",
        lambda: zipped(**{**members(), "lamps_dbf": members()["lamps_dbf"][:5000]}),
        "damaged",
    ),
    "two shapes": (
        "montpellier_shapefile",
        lambda: zipped(a_shp=b"x", b_shp=b"y", a_dbf=b"z"),
        "2 .shp files",
    ),
    "many members": (
        "montpellier_shapefile",
        lambda: zipped(**{f"f{n}_txt": b"" for n in range(shapefile_zip.MEMBERS_MAX + 1)}),
        "more than 100 files",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(name: str) -> None:
    mapping_name, content, complaint = HOSTILE[name]
    with pytest.raises(ImportFileError, match=complaint):
        read_rows(content(), mapping(mapping_name))


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "UNPACKED_BYTES_MAX", 10_000)
    monkeypatch.setattr(shapefile_zip, "UNPACKED_BYTES_MAX", 10_000)
    with pytest.raises(ImportFileError, match="10,000 bytes"):
        read_rows(gzip.compress(b"x" * 20_000), OURS)
    with pytest.raises(ImportFileError, match="10,000 bytes"):
        read_rows(zipped(a_shp=b"x" * 20_000, a_dbf=b"y"), SHAPES)


def test_a_file_that_is_too_large_or_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ROWS_MAX", 2)
    with pytest.raises(ImportFileError, match="more than 2 rows"):
        read_rows(our_csv(*({"code": n} for n in range(3))), OURS)
    monkeypatch.setattr(opening, "FILE_BYTES_MAX", 10)
    with pytest.raises(ImportFileError, match="at most 10 are taken"):
        read_rows(our_csv({"code": 1}), OURS)


def test_the_limits_leave_room_for_every_real_file() -> None:
    assert model.ROWS_MAX > 29_969


def test_our_own_layout_may_leave_columns_out() -> None:
    rows, rejected = read_rows(b"code,lon_deg,lat_deg,street\nPL-1,3.87,43.6,Rue haute\n", OURS)
    assert rejected == []
    assert rows[0].values["street"] == "Rue haute"
    assert rows[0].values["rated_power_w"] == ""


def test_a_column_our_layout_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(ImportFileError, match=r"columns rated_watts.*rated_power_w"):
        read_rows(b"code,lon_deg,lat_deg,rated_watts\nPL-1,3.87,43.6,64\n", OURS)


def test_what_names_and_places_a_lamp_is_always_needed() -> None:
    with pytest.raises(ImportFileError, match="has not: lon_deg"):
        read_rows(b"code,lat_deg\nPL-1,43.6\n", OURS)
