"""GeoJSON (RFC 7946): a collection of point features, longitude and latitude in degrees."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lighting.registry.imports.formats.columns import check_columns
from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import ImportFileError, Rejected, SourceRow


def read(content: bytes, mapping: MappingSpec) -> tuple[Sequence[SourceRow], Sequence[Rejected]]:
    """One row per feature, numbered from 1; "@x" and "@y" are its position."""
    features = _features(content)
    rows = [_row(number, feature) for number, feature in enumerate(features, start=1)]
    check_columns({name for row in rows for name in row.values}, mapping)
    columns = mapping.columns
    whole = [SourceRow(row.line, {**dict.fromkeys(columns, ""), **row.values}) for row in rows]
    return whole, []


def _features(content: bytes) -> Sequence[Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ImportFileError(f"the file is not JSON ({error}); export it again") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise ImportFileError("the file is JSON, but not a GeoJSON FeatureCollection")
    return features


def _row(number: int, feature: Any) -> SourceRow:
    feature = feature if isinstance(feature, Mapping) else {}
    properties = feature.get("properties")
    values = {
        str(name): _text(value)
        for name, value in (properties if isinstance(properties, Mapping) else {}).items()
    }
    return SourceRow(number, {**values, **_position(feature.get("geometry"))})


def _position(geometry: Any) -> dict[str, str]:
    """The coordinates of a point; other geometries have no position, which is a reason to reject
    the row later."""
    if isinstance(geometry, Mapping) and geometry.get("type") == "Point":
        coordinates = geometry.get("coordinates")
        if isinstance(coordinates, list) and len(coordinates) >= 2:
            return {"@x": _text(coordinates[0]), "@y": _text(coordinates[1])}
    return {"@x": "", "@y": ""}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
