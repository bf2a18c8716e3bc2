"""Whole columns from PostgreSQL into numpy: binary COPY out, one array of records, no Python rows.

Every column must have a fixed width and never be null, so that each row has the same number of
bytes. On the wire a row is a count of fields and, before each field, its length; all big-endian.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw

# Signature, flags and header extension of PostgreSQL's binary COPY; and the trailer.
_HEADER_BYTES, _TRAILER_BYTES = 19, 2

Records = npt.NDArray[Any]


class ColumnWidthError(Exception):
    """A row has another width than the columns were said to have: a null, or another type."""


async def read_columns(
    session: AsyncSession, query: str, columns: Sequence[tuple[str, str]], *arguments: object
) -> Records:
    """The rows of a query; `columns` are names with big-endian numpy types, in its order."""
    chunks: list[bytes] = []

    async def keep(chunk: bytes) -> None:
        chunks.append(chunk)

    connection = await raw(session)
    await connection.copy_from_query(query, *arguments, output=keep, format="binary")
    return records_of(b"".join(chunks), columns)


def records_of(copied: bytes, columns: Sequence[tuple[str, str]]) -> Records:
    """The records of a binary COPY."""
    fields = [(f"{name} bytes", ">i4") if is_length else (name, kind)
              for name, kind in columns for is_length in (True, False)]  # fmt: skip
    row = np.dtype([("fields", ">i2"), *fields])
    body = memoryview(copied)[_HEADER_BYTES : len(copied) - _TRAILER_BYTES]
    if len(body) % row.itemsize:
        raise ColumnWidthError(f"rows are not of {row.itemsize} bytes each")
    records = np.frombuffer(body, row)
    for name, kind in columns:
        if (records[f"{name} bytes"] != np.dtype(kind).itemsize).any():
            raise ColumnWidthError(f"'{name}' is null, or not of type {kind}, in some row")
    return records
