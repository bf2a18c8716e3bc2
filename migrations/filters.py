"""What comparison leaves to hand-written DDL: partitions and their parents' storage."""

from typing import Any

PARTITION_PREFIX = "reading_"


def include_object(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:
    """Partitions of `reading` are made by a job, not by the model."""
    return not (kind == "table" and reflected and (name or "").startswith(PARTITION_PREFIX))
