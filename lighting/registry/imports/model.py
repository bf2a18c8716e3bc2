"""Words and values of imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from kit.errors import InvalidInputError
from lighting.registry.history.model import LightPointImage

# Bounds of one file: more than any city we know, less than what hurts.
FILE_BYTES_MAX = 100 * 1024 * 1024
UNPACKED_BYTES_MAX = 400 * 1024 * 1024
ROWS_MAX = 300_000
TEXT_LENGTH_MAX = 500


class RunState(StrEnum):
    """A run proposes (dry run), is applied, and may be undone as a whole."""

    PROPOSED = "dry_run"
    APPLIED = "applied"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What becomes of a row. Every row read has exactly one; a row of two lamps has the last of
    its two in this order."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    CREATED = "created"
    QUARANTINED = "quarantined"


class ImportFileError(InvalidInputError):
    """The file as a whole cannot be read."""

    code = "import_file_unreadable"
    title = "This file cannot be read"


class BadValueError(Exception):
    """One value of one row cannot be taken: a stable code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as the file has it: texts by column. `line` is where a person finds it: the line
    of a CSV file, the number of a feature elsewhere."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp that a row describes: what the row says of it, and no more.

    `facts` are fields of `LightPointImage`; what the row leaves blank is not among them. `key` is
    the source's own name of the lamp, `support_key` that of what carries it.
    """

    line: int
    number: int
    key: str
    support_key: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not taken, with every reason why, and the row as it was."""

    line: int
    code: str
    reason: str
    raw: Mapping[str, str]
    key: str = ""


class PlannedLamp(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would make of one lamp."""

    line: int
    number: int
    outcome: Outcome
    key: str
    support_key: str
    light_point_id: UUID
    before: LightPointImage | None
    after: LightPointImage


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: lamp by lamp, and the rows it leaves out."""

    lamps: Sequence[PlannedLamp]
    rejected: Sequence[Rejected]
    absent_count: int


@dataclass(frozen=True, slots=True)
class CabinetFacts:
    """What is known of a cabinet that lamps name by its code."""

    lon_deg: float
    lat_deg: float
    name: str = ""
    prm: str | None = None
    subscribed_power_kva: float | None = None
    is_generated: bool = False
