"""The real lanterns of the district, out of the city's published file, in the file's own words."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from app.demo.district import nearest

FILE = Path(__file__).parent / "montpellier" / "lanternes.csv.gz"
FILE_NAME = "montpellier_lanternes.csv"
# Place de la Comédie, longitude and latitude in degrees.
CENTRE = (3.8767, 43.6109)

Row = Mapping[str, str]


def lanterns() -> list[Row]:
    """Every lantern of the published file."""
    with gzip.open(FILE, "rt", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def district(count: int) -> list[Row]:
    """The `count` lanterns nearest to the centre, in the order of the file."""
    rows = lanterns()
    lon_deg = np.array([float(row["lon_deg"]) for row in rows])
    lat_deg = np.array([float(row["lat_deg"]) for row in rows])
    return [rows[place] for place in sorted(nearest(lon_deg, lat_deg, CENTRE, count))]


def as_file(rows: Sequence[Row]) -> bytes:
    """The rows as a file like the one they come from."""
    written = io.StringIO()
    writer = csv.DictWriter(written, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()
