"""The inventories of the import tests."""

from pathlib import Path

from lighting.registry.imports.mapping import MappingSpec, mapping
from tests.architecture.source import ROOT

INVENTORY = ROOT / "tests" / "data" / "inventory"
BOISE = INVENTORY / "boise_streetlights.csv.gz"
KAMIYAMA = INVENTORY / "kamiyama_osm_street_lamps.geojson"
MONTPELLIER_SHAPEFILE = INVENTORY / "montpellier_lanternes_l93_shp.zip"
MONTPELLIER_CSV = ROOT / "app" / "demo" / "montpellier" / "lanternes.csv.gz"
TWO_LAMP_POLES = INVENTORY / "two_lamp_poles.csv"

OURS: MappingSpec = mapping("reverbere_csv")


def our_csv(*rows: dict[str, object], path: Path | None = None) -> bytes:
    """A file in our own layout; columns that are not given are blank."""
    columns = sorted(OURS.columns)
    lines = [",".join(columns)]
    for row in rows:
        lines.append(",".join(str(row.get(column, "")) for column in columns))
    return "\n".join(lines).encode()


def lamp_row(code: str, **facts: object) -> dict[str, object]:
    """One row of a file in our own layout."""
    return {"code": code, "lon_deg": 3.87, "lat_deg": 43.61, **facts}
