"""ESRI shapefiles of points, zipped; read in memory, nothing is written to disk."""

import struct
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import shapefile
from pyproj import CRS
from pyproj.exceptions import CRSError

from lighting.registry.imports.formats.columns import check_columns
from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import (
    UNPACKED_BYTES_MAX,
    ImportFileError,
    Rejected,
    SourceRow,
)

MEMBERS_MAX = 100
_PARTS = (".shp", ".dbf", ".shx", ".prj")
_POINT_TYPES = (shapefile.POINT, shapefile.POINTZ, shapefile.POINTM)
# What pyshp lets out when a file is not what its header says.
_DAMAGED = (
    *(shapefile.ShapefileException, struct.error, ValueError, TypeError, LookupError),
    *(OverflowError, EOFError, AssertionError, MemoryError),
)


def read(content: bytes, mapping: MappingSpec) -> tuple[Sequence[SourceRow], Sequence[Rejected]]:
    """One row per shape, numbered from 1; "@x" and "@y" are its position."""
    parts = _parts(content)
    _check_projection(parts.get(".prj"), mapping)
    try:
        return _rows(parts, mapping), []
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"the attributes are not {mapping.file.encoding}; choose another mapping"
        ) from error
    except _DAMAGED as error:
        raise ImportFileError(f"the shapefile is damaged ({error}); export it again") from error


def _rows(parts: dict[str, bytes], mapping: MappingSpec) -> list[SourceRow]:
    files = {name[1:]: BytesIO(content) for name, content in parts.items() if name != ".prj"}
    with shapefile.Reader(**files, encoding=mapping.file.encoding) as reader:
        names = [field[0] for field in reader.fields[1:]]
        check_columns(names, mapping)
        silent = dict.fromkeys(mapping.columns - {*names}, "")
        return [
            SourceRow(
                number,
                {**silent, **dict(zip(names, map(_text, one.record), strict=True)), **_xy(one)},
            )
            for number, one in enumerate(reader.iterShapeRecords(), start=1)
        ]


def _xy(one: Any) -> dict[str, str]:
    points = one.shape.points if one.shape.shapeType in _POINT_TYPES else []
    if len(points) != 1:
        return {"@x": "", "@y": ""}
    return {"@x": repr(points[0][0]), "@y": repr(points[0][1])}


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _parts(content: bytes) -> dict[str, bytes]:
    """The parts of the one shapefile in the archive, by their suffix."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = _members(archive)
            return {suffix: _unzipped(archive, info) for suffix, info in members.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise ImportFileError(
            f"the file is not a sound zip archive ({error}); zip the .shp, .dbf and .shx again"
        ) from error


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MEMBERS_MAX:
        raise ImportFileError(f"the archive holds more than {MEMBERS_MAX} files")
    if sum(info.file_size for info in infos) > UNPACKED_BYTES_MAX:
        raise ImportFileError(f"unpacked, the archive has more than {UNPACKED_BYTES_MAX:,} bytes")
    shapes = [info for info in infos if PurePosixPath(info.filename).suffix.lower() == ".shp"]
    if len(shapes) != 1:
        raise ImportFileError(f"the archive holds {len(shapes)} .shp files; it must hold one")
    stem = PurePosixPath(shapes[0].filename).with_suffix("")
    found = {
        path.suffix.lower(): info
        for info in infos
        if (path := PurePosixPath(info.filename)).with_suffix("") == stem
    }
    if ".dbf" not in found:
        raise ImportFileError("the archive has no .dbf beside its .shp; add it")
    return {suffix: found[suffix] for suffix in _PARTS if suffix in found}


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One member; what it says of its size is not believed."""
    with archive.open(info) as file:
        content = file.read(UNPACKED_BYTES_MAX + 1)
    if len(content) > UNPACKED_BYTES_MAX:
        raise ImportFileError(f"unpacked, the archive has more than {UNPACKED_BYTES_MAX:,} bytes")
    return content


def _check_projection(prj: bytes | None, mapping: MappingSpec) -> None:
    """Refuse a file whose own projection is not the one the mapping names."""
    if prj is None:
        return
    try:
        epsg = CRS.from_wkt(prj.decode("latin-1")).to_epsg()
    except CRSError as error:
        raise ImportFileError("the .prj of the archive cannot be read; export it again") from error
    if epsg is not None and epsg != mapping.position.epsg:
        raise ImportFileError(
            f"the file is in EPSG:{epsg}, the mapping '{mapping.name}' reads "
            f"EPSG:{mapping.position.epsg}; choose another mapping"
        )
