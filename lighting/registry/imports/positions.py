"""Positions of a whole file at once: rounded, projected to degrees, and judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from lighting.registry.imports.mapping import MappingSpec, PlausibleBox
from lighting.registry.imports.model import BadValueError, SourceRow

WGS84 = 4326
# About a centimetre: finer digits are noise of projections.
DEGREE_DECIMALS = 7

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Located:
    """Where one row is: degrees, and the source's own coordinates as a name of the place."""

    lon_deg: float
    lat_deg: float
    name: str


def locate(rows: Sequence[SourceRow], mapping: MappingSpec) -> list[Located | BadValueError]:
    """The position of each row, or what is wrong with it."""
    spec = mapping.position
    x = np.array([_number(row.values[spec.x], spec.decimals) for row in rows], dtype=np.float64)
    y = np.array([_number(row.values[spec.y], spec.decimals) for row in rows], dtype=np.float64)
    lon_deg, lat_deg = _degrees(x, y, spec.epsg)
    inside = _inside(lon_deg, lat_deg, mapping.box)
    found = zip(rows, x, y, lon_deg, lat_deg, inside, strict=True)
    return [
        Located(float(lon), float(lat), f"{east:.{spec.decimals}f}/{north:.{spec.decimals}f}")
        if is_inside
        else _problem(row, mapping, float(lon), float(lat))
        for row, east, north, lon, lat, is_inside in found
    ]


def _number(value: str, decimals: int = DEGREE_DECIMALS) -> float:
    """The number, rounded as its decimal writing would be; not a number where it is none."""
    try:
        return round(float(value), decimals)
    except ValueError:
        return float("nan")


@cache
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, WGS84, always_xy=True)


def _degrees(x: Floats, y: Floats, epsg: int) -> tuple[Floats, Floats]:
    if epsg != WGS84:
        x, y = _transformer(epsg).transform(x, y)
    return np.round(x, DEGREE_DECIMALS), np.round(y, DEGREE_DECIMALS)


def _inside(lon_deg: Floats, lat_deg: Floats, box: PlausibleBox) -> npt.NDArray[np.bool_]:
    """False also where a coordinate is not a number."""
    across = (lon_deg >= box.west) & (lon_deg <= box.east)
    return across & (lat_deg >= box.south) & (lat_deg <= box.north)


def _problem(row: SourceRow, mapping: MappingSpec, lon_deg: float, lat_deg: float) -> BadValueError:
    texts = [row.values[column].strip() for column in (mapping.position.x, mapping.position.y)]
    if not all(texts):
        return BadValueError("missing_position", "has no position")
    if any(not np.isfinite(_number(text)) for text in texts):
        return BadValueError("not_a_number", f"the position {texts} is not two numbers")
    return BadValueError(
        "outside_box",
        f"lies at {lon_deg:.5f}, {lat_deg:.5f}, outside the area of '{mapping.name}'",
    )
