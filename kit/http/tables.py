"""Rows of what HTTP manners need to remember."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column


class IdempotencyRecord(Table, table=True):
    """The answer already given to a creating call, kept under the key its client chose."""

    __tablename__ = "idempotency_record"

    user_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    route: str
    request_hash: str
    status: int
    answer: dict[str, Any] = json_column()
    created_at: datetime = aware_datetime()
