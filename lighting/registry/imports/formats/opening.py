"""Opens a file for its format: unpacks within bounds, checks the columns the mapping needs."""

import gzip
import zlib
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TypeAlias

from lighting.registry.imports.formats import csv_file, geojson, shapefile_zip
from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import (
    FILE_BYTES_MAX,
    ROWS_MAX,
    UNPACKED_BYTES_MAX,
    ImportFileError,
    Rejected,
    SourceRow,
)

Rows: TypeAlias = tuple[Sequence[SourceRow], Sequence[Rejected]]
Reader: TypeAlias = Callable[[bytes, MappingSpec], Rows]

READERS: Mapping[str, Reader] = {
    "csv": csv_file.read,
    "geojson": geojson.read,
    "shapefile": shapefile_zip.read,
}
_GZIP_MAGIC = b"\x1f\x8b"


def read_rows(content: bytes, mapping: MappingSpec) -> Rows:
    """The rows of a file, and those that do not even have its columns."""
    if len(content) > FILE_BYTES_MAX:
        raise ImportFileError(
            f"the file has {len(content):,} bytes, at most {FILE_BYTES_MAX:,} are taken; split it"
        )
    rows, rejected = READERS[mapping.file.format](unpacked(content), mapping)
    if len(rows) + len(rejected) > ROWS_MAX:
        raise ImportFileError(f"the file has more than {ROWS_MAX:,} rows; split it")
    if not rows and not rejected:
        raise ImportFileError("the file has no rows; is it the right one?")
    return rows, rejected


def unpacked(content: bytes) -> bytes:
    """The content of a gzip file; any other content as it is."""
    if not content.startswith(_GZIP_MAGIC):
        return content
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as file:
            found = file.read(UNPACKED_BYTES_MAX + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFileError(f"the gzip file is damaged ({error}); send it again") from error
    if len(found) > UNPACKED_BYTES_MAX:
        raise ImportFileError(f"unpacked, the file has more than {UNPACKED_BYTES_MAX:,} bytes")
    return found
