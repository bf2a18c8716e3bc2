"""CSV files, in the encoding and with the delimiter that the mapping tells."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO

from lighting.registry.imports.formats.columns import check_columns
from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import ImportFileError, Rejected, SourceRow


def read(content: bytes, mapping: MappingSpec) -> tuple[Sequence[SourceRow], Sequence[Rejected]]:
    """Rows by column name; rows with too many or too few values are rejected."""
    lines = _lines(decoded(content, mapping.file.encoding), mapping.file.delimiter)
    _, header = next(lines, (0, []))
    _check_header(header, mapping)
    silent = dict.fromkeys(mapping.columns - {*header}, "")
    rows: list[SourceRow] = []
    rejected: list[Rejected] = []
    for line, values in lines:
        if len(values) == len(header):
            rows.append(SourceRow(line, {**silent, **dict(zip(header, values, strict=True))}))
        elif values:
            reason = f"has {len(values)} values, the header has {len(header)} columns"
            rejected.append(Rejected(line, "malformed_row", reason, {"row": "|".join(values)}))
    return rows, rejected


def decoded(content: bytes, encoding: str) -> str:
    """The text, or a refusal that names the first byte that does not fit."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"byte {error.start + 1:,} of the file is not {encoding}; save the file in that "
            "encoding, or choose a mapping for the one it has"
        ) from error


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it starts on."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for values in reader:
            yield start, values
            start = reader.line_num + 1
    except csv.Error as error:
        raise ImportFileError(
            f"line {reader.line_num:,} is not well-formed CSV ({error}); repair it"
        ) from error


def _check_header(header: Sequence[str], mapping: MappingSpec) -> None:
    twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if twice:
        raise ImportFileError(f"the header names {', '.join(twice)} twice; rename one")
    check_columns(header, mapping)
