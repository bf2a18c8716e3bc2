"""The database: one PostgreSQL, one transaction per request, job or batch."""

from kit.db.database import Database, raw
from kit.db.table import AwareDateTime, Table, aware_datetime, json_column, metadata, text_enum

__all__ = [
    "AwareDateTime",
    "Database",
    "Table",
    "aware_datetime",
    "json_column",
    "metadata",
    "raw",
    "text_enum",
]
