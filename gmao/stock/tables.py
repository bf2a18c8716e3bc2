"""Rows of stock."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from gmao.stock.model import MoveReason, PartUnit, StoreKind
from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id


class Part(Table, table=True):
    """A line of the catalogue. At `reorder_quantity` or below, one should order."""

    __tablename__ = "part"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    reference: str
    designation: str
    unit: str = PartUnit.PIECE.value
    unit_cost_eur: Decimal = Field(sa_type=sa.Numeric(12, 2))
    reorder_quantity: int = 0

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "reference"),
        text_enum(PartUnit, "unit", "unit"),
        sa.CheckConstraint("unit_cost_eur >= 0", name="unit_cost_eur"),
        sa.CheckConstraint("reorder_quantity >= 0", name="reorder_quantity"),
    )


class Store(Table, table=True):
    """A store room, or the van of a crew."""

    __tablename__ = "store"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    name: str
    kind: str
    crew_id: UUID | None = Field(default=None, foreign_key="crew.id", unique=True)

    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "name"),
        text_enum(StoreKind, "kind", "kind"),
        sa.CheckConstraint("crew_id IS NULL OR kind = 'van'", name="crew_has_a_van"),
    )


class StockLevel(Table, table=True):
    """The sum of a part's movements in a store."""

    __tablename__ = "stock_level"

    store_id: UUID = Field(foreign_key="store.id", primary_key=True)
    part_id: UUID = Field(foreign_key="part.id", primary_key=True, index=True)
    quantity: int

    __table_args__ = (sa.CheckConstraint("quantity >= 0", name="quantity"),)


class StockMove(Table, table=True):
    """One change of one level. Append only."""

    __tablename__ = "stock_move"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    store_id: UUID = Field(foreign_key="store.id")
    part_id: UUID = Field(foreign_key="part.id")
    quantity: int
    reason: str
    work_order_id: UUID | None = Field(default=None, index=True)
    actor_id: UUID | None = None
    actor: str
    at: datetime = aware_datetime()

    __table_args__ = (
        text_enum(MoveReason, "reason", "reason"),
        sa.Index("ix_stock_move_store_id_part_id_at", "store_id", "part_id", "at"),
    )
