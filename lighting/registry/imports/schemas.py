"""API shapes of imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, JsonValue

from lighting.registry.history.model import LightPointImage, difference
from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import Outcome, RunState
from lighting.registry.imports.tables import ImportRow
from lighting.registry.light_points.schemas import DifferenceShape


class CountsShape(BaseModel):
    """Every row read is created, changed, unchanged or quarantined; `absent` counts light points
    that this source brought once and the file does not name: nothing is done to them."""

    read: int
    created: int
    changed: int
    unchanged: int
    quarantined: int
    absent: int


class ImportRunAnswer(BaseModel):
    """One file read through one mapping."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    state: RunState
    mapping: str
    source: str
    file_name: str
    file_sha256: str
    counts: CountsShape
    started_at: datetime
    started_by: str
    applied_at: datetime | None
    undone_at: datetime | None


class ImportRowAnswer(BaseModel):
    """What became of one lamp of one row; `raw` is a quarantined row as it was in the file."""

    row_number: int
    lamp_number: int
    outcome: Outcome
    code: str | None
    source_key: str
    light_point_id: UUID | None
    reason_code: str | None
    reason: str | None
    differences: list[DifferenceShape]
    raw: dict[str, JsonValue] | None


class MappingAnswer(BaseModel):
    """A mapping that files can be read through."""

    name: str
    title: str
    description: str
    source: str
    format: str
    epsg: int


class MappingsAnswer(BaseModel):
    items: list[MappingAnswer]


def row_answer(row: ImportRow) -> ImportRowAnswer:
    """The shape of a row, with field by field what differs."""
    before, after = (
        None if image is None else msgspec.convert(image, LightPointImage)
        for image in (row.before, row.after)
    )
    return ImportRowAnswer(
        row_number=row.line_number,
        lamp_number=row.lamp_number,
        outcome=Outcome(row.outcome),
        code=row.code or None,
        source_key=row.source_key,
        light_point_id=row.light_point_id,
        reason_code=row.reason_code,
        reason=row.reason,
        differences=_differences(before, after),
        raw=row.raw,
    )


def _differences(
    before: LightPointImage | None, after: LightPointImage | None
) -> list[DifferenceShape]:
    found = msgspec.to_builtins(difference(before, after))
    shown: dict[str, tuple[Any, Any]] = {name: tuple(pair) for name, pair in found.items()}
    return [
        DifferenceShape(field=name, before=old, after=new) for name, (old, new) in shown.items()
    ]


def mapping_answer(spec: MappingSpec) -> MappingAnswer:
    """The shape of a mapping."""
    key = "position" if spec.key.position else ", ".join(spec.key.columns)
    return MappingAnswer(
        name=spec.name,
        title=spec.title,
        description=f"{spec.attribution}. Known again by: {key}.",
        source=spec.source,
        format=spec.file.format,
        epsg=spec.position.epsg,
    )
