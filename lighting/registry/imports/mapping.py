"""A mapping says how one source's files are read. It is data: files in `mappings/`.

title, source, attribution   who publishes it; files with the same `source` share their keys
file        format (csv, geojson, shapefile), encoding, delimiter
position    the columns of x and y, their EPSG code, and the step they are rounded to
            ("@x" and "@y" are the geometry of a feature)
box         where lamps of this source can be, in degrees
key         the source's own name of a lamp: columns, or the position
code        the plate number: a column, or a prefix to number with when the column is blank
support     what carries a lamp: `row` (one support per row) or `position`
lamps       columns that hold two lamps in one row, "250/85"
fields      field of the light point ← columns, transform, values, range, placeholders
defaults    what a new light point is when no column says it
attributes  columns kept as they are
state_on    the date the file speaks of; later dates in it are wrong
may_omit    true where a file may leave out columns of `fields` and `attributes`; then a column
            the mapping does not know is refused, since it may be one that is spelt otherwise
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from kit.errors import NotFoundError
from lighting.registry.history.model import LightPointImage
from lighting.registry.imports.transforms import TRANSFORMS
from lighting.registry.model import CODE_BYTES_MAX

FOLDER = Path(__file__).parent / "mappings"
_NOT_FROM_FIELDS = frozenset({"code", "lon_deg", "lat_deg", "attributes", "support_code"})


class FileFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the bytes become rows."""

    format: Literal["csv", "geojson", "shapefile"]
    encoding: str = "utf-8-sig"
    delimiter: str = ","


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a lamp is; coordinates are rounded to `decimals` before anything else."""

    x: str
    y: str
    epsg: int = 4326
    decimals: int = 7


class PlausibleBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Degrees, WGS84."""

    west: float
    south: float
    east: float
    north: float


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The columns that name a lamp, or its position."""

    columns: tuple[str, ...] = ()
    position: bool = False


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The column of the plate number, and the prefix of numbers that we give where it is blank or
    holds something longer than a plate number."""

    column: str | None = None
    prefix: str | None = None
    length_max: int = CODE_BYTES_MAX - 4  # room for the second lamp of a row: "-2"


class Lamps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Columns that hold one value per lamp. `count_by` tells how many lamps there are; a column
    with one value counts for all of them, except beside a lamp that carries its own remark in
    brackets: then it says nothing of the others."""

    separator: str
    count_by: str
    columns: tuple[str, ...]
    rule: Literal["split", "quarantine"] = "split"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Texts of some columns, joined by spaces, and how they are read."""

    columns: tuple[str, ...]
    transform: str = "text"


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One field of the light point: the first source that says something."""

    sources: tuple[Source, ...] = ()
    columns: tuple[str, ...] = ()
    transform: str = "text"
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    range: tuple[float, float] | None = None
    placeholders: tuple[date, ...] = ()

    @property
    def every_source(self) -> tuple[Source, ...]:
        """The sources; `columns` and `transform` are the short form of one."""
        short = (Source(columns=self.columns, transform=self.transform),) if self.columns else ()
        return (*self.sources, *short)


class MappingSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One mapping."""

    name: str
    title: str
    source: str
    attribution: str
    file: FileFormat
    position: Position
    box: PlausibleBox
    key: Key
    code: Code
    fields: Mapping[str, Field]
    support: Literal["row", "position"] = "row"
    timezone: str = "UTC"
    state_on: date | None = None
    may_omit: bool = False
    lamps: Lamps | None = None
    blank: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = msgspec.field(default_factory=dict)
    attributes: Mapping[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        known = set(LightPointImage.__struct_fields__) - _NOT_FROM_FIELDS
        unknown = [name for name in (*self.fields, *self.defaults) if name not in known]
        used = {source.transform for one in self.fields.values() for source in one.every_source}
        if unknown:
            raise ValueError(f"no such fields: {', '.join(unknown)}")
        if used - TRANSFORMS.keys():
            raise ValueError(f"no such transforms: {', '.join(sorted(used - TRANSFORMS.keys()))}")
        if bool(self.key.columns) == self.key.position:
            raise ValueError("a key has columns, or is the position")

    @property
    def needed_columns(self) -> frozenset[str]:
        """The columns without which a file cannot be read."""
        if not self.may_omit:
            return self.columns
        own = (self.position.x, self.position.y, self.code.column)
        return frozenset(column for column in (*own, *self.key.columns) if column is not None)

    @property
    def columns(self) -> frozenset[str]:
        """Every column the mapping reads."""
        fields = (
            column
            for one in self.fields.values()
            for source in one.every_source
            for column in source.columns
        )
        own = (self.position.x, self.position.y, self.code.column)
        every = {*fields, *own, *self.key.columns, *self.attributes.values()}
        return frozenset(column for column in every if column is not None)


def read_mapping(name: str, content: str) -> MappingSpec:
    """A mapping from its YAML; a wrong word in it is an error that says where."""
    return msgspec.convert({"name": name, **yaml.safe_load(content)}, MappingSpec, strict=False)


@cache
def mappings() -> Mapping[str, MappingSpec]:
    """Every mapping we bring, by name."""
    paths = sorted(FOLDER.glob("*.yaml"))
    return {path.stem: read_mapping(path.stem, path.read_text("utf-8")) for path in paths}


def mapping(name: str) -> MappingSpec:
    """The mapping of that name."""
    found = mappings().get(name)
    if found is None:
        raise NotFoundError(f"no mapping '{name}'; there are: {', '.join(mappings())}")
    return found
