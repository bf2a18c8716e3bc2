"""Rows of the estate: the positions that stay, and what changed when."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.registry.imports import tables as import_tables
from lighting.registry.model import (
    CODE_BYTES_MAX,
    AssetState,
    Phase,
    PositionQuality,
    Provenance,
)

CODE_CHECK = f"code <> '' AND octet_length(code) <= {CODE_BYTES_MAX} AND code !~ '[[:cntrl:]]'"


# Every asset may name the import that made it.
IMPORT_RUN_ID = f"{import_tables.ImportRun.__tablename__}.id"


def place_check() -> sa.CheckConstraint:
    """The position is on Earth."""
    return sa.CheckConstraint(
        "lon_deg BETWEEN -180 AND 180 AND lat_deg BETWEEN -90 AND 90", name="place"
    )


def _code_check() -> sa.CheckConstraint:
    return sa.CheckConstraint(CODE_CHECK, name="code")


def _search_words() -> Any:
    """Words to search by, folded and cut in Python: indexed without any extension."""
    return Field(sa_type=TSVECTOR, default="")


class Cabinet(Table, table=True):
    """A street cabinet: where the network is fed, metered and switched."""

    __tablename__ = "cabinet"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    code: str
    name: str = ""
    lon_deg: float
    lat_deg: float
    position_quality: str = PositionQuality.SURVEYED.value
    prm: str | None = None
    subscribed_power_kva: float | None = None
    provenance: str = Provenance.ENTERED.value
    state: str = AssetState.IN_SERVICE.value
    search_words: str = _search_words()
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "code"),
        _code_check(),
        place_check(),
        text_enum(AssetState, "state", "state"),
        text_enum(Provenance, "provenance", "provenance"),
        text_enum(PositionQuality, "position_quality", "position_quality"),
        sa.CheckConstraint("subscribed_power_kva > 0", name="subscribed_power"),
        sa.CheckConstraint("prm ~ '^[0-9]{14}$'", name="prm"),
        sa.Index("ix_cabinet_search_words", "search_words", postgresql_using="gin"),
        sa.Index("ix_cabinet_code_id", "code", "id"),
    )


class Circuit(Table, table=True):
    """An outgoing circuit of a cabinet."""

    __tablename__ = "circuit"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    cabinet_id: UUID = Field(foreign_key="cabinet.id")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    code: str
    phase: str | None = None
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint("cabinet_id", "code"),
        sa.UniqueConstraint("id", "cabinet_id"),  # lets a light point prove that both agree
        _code_check(),
        text_enum(Phase, "phase", "phase"),
    )


class Support(Table, table=True):
    """A pole, wall bracket or catenary that carries light points."""

    __tablename__ = "support"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    code: str
    lon_deg: float
    lat_deg: float
    height_m: float | None = None
    material: str | None = None
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "code"),
        _code_check(),
        place_check(),
        sa.CheckConstraint("height_m > 0", name="height"),
    )


class LightPoint(Table, table=True):
    """A place that gives light. Keeps its number and history whatever equipment is in it.

    `key` names it where a small integer is wanted (map features); `tile_key` is its place on the
    Z-order curve of the web map; `revision` tells workers what changed.
    """

    __tablename__ = "light_point"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: int | None = Field(
        default=None, sa_column=sa.Column(sa.Integer, sa.Identity(), unique=True, nullable=False)
    )
    organisation_id: UUID = Field(foreign_key="organisation.id")
    code: str
    street: str = ""
    support_id: UUID | None = Field(default=None, foreign_key="support.id", index=True)
    cabinet_id: UUID | None = Field(default=None, foreign_key="cabinet.id")
    circuit_id: UUID | None = None
    position_on_circuit: int | None = None
    lon_deg: float
    lat_deg: float
    state: str = AssetState.IN_SERVICE.value
    attributes: dict[str, Any] = json_column()
    tile_key: int = Field(sa_type=sa.BigInteger, index=True)
    street_folded: str = ""
    search_words: str = _search_words()
    revision: int = Field(sa_type=sa.BigInteger, index=True)
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "code"),
        sa.ForeignKeyConstraint(["circuit_id", "cabinet_id"], ["circuit.id", "circuit.cabinet_id"]),
        sa.CheckConstraint(
            "circuit_id IS NULL OR cabinet_id IS NOT NULL", name="circuit_has_cabinet"
        ),
        sa.CheckConstraint("position_on_circuit >= 0", name="position_on_circuit"),
        sa.CheckConstraint("tile_key >= 0", name="tile_key"),
        _code_check(),
        place_check(),
        text_enum(AssetState, "state", "state"),
        sa.Index("ix_light_point_search_words", "search_words", postgresql_using="gin"),
        sa.Index("ix_light_point_code_id", "code", "id"),
        sa.Index("ix_light_point_cabinet_code", "cabinet_id", "code", "id"),
        sa.Index("ix_light_point_circuit", "circuit_id", "position_on_circuit"),
        sa.Index(
            "ix_light_point_street_folded",
            "street_folded",
            postgresql_ops={"street_folded": "text_pattern_ops"},
        ),
    )


class ExternalId(Table, table=True):
    """The name another system gives to an asset; `scheme` says which system."""

    __tablename__ = "external_id"

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    scheme: str = Field(primary_key=True)
    asset_type: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    asset_id: UUID = Field(index=True)
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)


class AssetChange(Table, table=True):
    """What an asset was before and after one change. Append only: the estate as of any date."""

    __tablename__ = "asset_change"

    id: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(), primary_key=True)
    )
    at: datetime = aware_datetime()
    organisation_id: UUID
    asset_type: str
    asset_id: UUID
    action: str
    before: dict[str, Any] | None = json_column(nullable=True, default=None)
    after: dict[str, Any] | None = json_column(nullable=True, default=None)
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)

    __table_args__ = (sa.Index("ix_asset_change_asset", "asset_id", "id"),)


class RegistryRevision(Table, table=True):
    """One row that every write of the registry raises: revisions become visible in their order."""

    __tablename__ = "registry_revision"

    id: int = Field(default=1, primary_key=True)
    revision: int = Field(sa_type=sa.BigInteger)

    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)
