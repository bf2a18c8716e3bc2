"""Words and values of imports."""

from enum import StrEnum


class RunState(StrEnum):
    """A run is proposed by a dry run, applied, and may be undone as a whole."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What becomes of a row. Every row read has exactly one."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"
