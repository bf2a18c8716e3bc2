"""Rows of the equipment: the catalogue, each piece, and where each piece is and was."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id
from lighting.registry.model import AssetState, EquipmentKind, LampTechnology
from lighting.registry.tables import IMPORT_RUN_ID


def _equipment_id(kind: EquipmentKind) -> Any:
    """`equipment_id` again where it is of this kind, so that the database proves it exists."""
    expression = (
        f"CASE WHEN ((kind)::text = '{kind.value}'::text) THEN equipment_id ELSE NULL::uuid END"
    )
    return Field(
        default=None,
        sa_column=sa.Column(
            sa.Uuid,
            sa.Computed(expression, persisted=True),
            sa.ForeignKey(f"{kind.value}.id"),
        ),
    )


def _of_equipment(kind: EquipmentKind) -> sa.Index:
    column = f"{kind.value}_id"
    there = sa.text(f"{column} IS NOT NULL")
    return sa.Index(f"ix_installation_{kind.value}", column, postgresql_where=there)


class LuminaireType(Table, table=True):
    """One model of the catalogue; blank texts and nulls mean that nobody has said."""

    __tablename__ = "luminaire_type"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    maker: str = ""
    model: str = ""
    lamp_technology: str | None = None
    rated_power_w: float | None = None
    gear_loss_w: float | None = None
    standby_power_w: float | None = None
    flux_lm: float | None = None
    cct_k: int | None = None
    upward_light_percent: float | None = None
    cie_flux_code_3: int | None = None
    level_min_percent: int = 0
    l80_hours: int | None = None
    warranty_years: int | None = None
    battery_capacity_wh: float | None = None
    panel_peak_w: float | None = None
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint(
            "maker",
            "model",
            "lamp_technology",
            "rated_power_w",
            "cct_k",
            postgresql_nulls_not_distinct=True,
        ),
        text_enum(LampTechnology, "lamp_technology", "lamp_technology"),
        sa.CheckConstraint("rated_power_w > 0", name="rated_power"),
        sa.CheckConstraint("gear_loss_w >= 0 AND standby_power_w >= 0", name="losses"),
        sa.CheckConstraint("flux_lm > 0 AND cct_k > 0", name="light"),
        sa.CheckConstraint("battery_capacity_wh > 0 AND panel_peak_w > 0", name="solar"),
        sa.CheckConstraint("level_min_percent BETWEEN 0 AND 100", name="level_min"),
        sa.CheckConstraint("upward_light_percent BETWEEN 0 AND 100", name="upward_light"),
    )


class Luminaire(Table, table=True):
    """One luminaire, wherever it is."""

    __tablename__ = "luminaire"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    type_id: UUID = Field(foreign_key="luminaire_type.id", index=True)
    serial: str | None = None
    installed_on: date | None = None
    state: str = AssetState.IN_SERVICE.value
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "serial"),
        sa.CheckConstraint("serial <> ''", name="serial"),
        text_enum(AssetState, "state", "state"),
        sa.Index(
            "ix_luminaire_serial_prefix", "serial", postgresql_ops={"serial": "text_pattern_ops"}
        ),
    )


class Controller(Table, table=True):
    """One outdoor lighting controller. `key` names it in telemetry; `address` on its network."""

    __tablename__ = "controller"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: int | None = Field(
        default=None, sa_column=sa.Column(sa.Integer, sa.Identity(), unique=True, nullable=False)
    )
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    address: str = Field(unique=True)
    network: str
    profile: str
    serial: str | None = None
    expected_period_s: int
    state: str = AssetState.IN_SERVICE.value
    revision: int = Field(sa_type=sa.BigInteger, index=True)
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.CheckConstraint("address <> '' AND address = lower(address)", name="address"),
        sa.CheckConstraint("expected_period_s > 0", name="expected_period"),
        text_enum(AssetState, "state", "state"),
        sa.Index(
            "ix_controller_address_prefix",
            "address",
            postgresql_ops={"address": "text_pattern_ops"},
        ),
        sa.Index(
            "ix_controller_serial_prefix", "serial", postgresql_ops={"serial": "text_pattern_ops"}
        ),
    )


class Installation(Table, table=True):
    """Equipment in a light point from one instant to another; open while it is still there."""

    __tablename__ = "installation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    light_point_id: UUID = Field(foreign_key="light_point.id")
    kind: str
    equipment_id: UUID
    luminaire_id: UUID | None = _equipment_id(EquipmentKind.LUMINAIRE)
    controller_id: UUID | None = _equipment_id(EquipmentKind.CONTROLLER)
    installed_at: datetime = aware_datetime()
    removed_at: datetime | None = aware_datetime(nullable=True)
    reason: str = ""
    import_run_id: UUID | None = Field(default=None, foreign_key=IMPORT_RUN_ID, index=True)

    __table_args__ = (
        text_enum(EquipmentKind, "kind", "kind"),
        sa.CheckConstraint("removed_at >= installed_at", name="period"),
        sa.Index("ix_installation_light_point", "light_point_id", "kind", "installed_at"),
        _of_equipment(EquipmentKind.LUMINAIRE),
        _of_equipment(EquipmentKind.CONTROLLER),
        sa.Index(
            "uq_installation_open_place",
            "light_point_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.Index(
            "uq_installation_open_equipment",
            "equipment_id",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )
