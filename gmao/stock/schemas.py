"""API shapes of stock. Money is decimal euros, sent as a string."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gmao.stock.model import MovementKind, MoveReason, PartUnit, StoreKind

QUANTITY_MAX = 1_000_000


class LevelAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    store_id: UUID
    store_name: str
    quantity: int


class PartAnswer(BaseModel):
    """A part with where it lies; quantities count its unit."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    reference: str
    designation: str
    unit: PartUnit
    unit_cost_eur: Decimal
    reorder_quantity: int
    quantity: int
    should_reorder: bool
    levels: list[LevelAnswer]


class PartInput(BaseModel):
    organisation_id: UUID
    reference: str = Field(min_length=1, max_length=80)
    designation: str = Field(min_length=1, max_length=200)
    unit: PartUnit = PartUnit.PIECE
    unit_cost_eur: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    reorder_quantity: int = Field(default=0, ge=0, le=QUANTITY_MAX)


class StoreAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    name: str
    kind: StoreKind
    crew_id: UUID | None


class StoreInput(BaseModel):
    organisation_id: UUID
    name: str = Field(min_length=1, max_length=80)
    kind: StoreKind
    crew_id: UUID | None = None


class MovementInput(BaseModel):
    """For a count, `quantity` is what was found; otherwise what moves."""

    kind: MovementKind
    part_id: UUID
    quantity: int = Field(ge=0, le=QUANTITY_MAX)
    to_store_id: UUID | None = None


class MovementAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    store_id: UUID
    part_id: UUID
    quantity: int
    reason: MoveReason
    work_order_id: UUID | None
    actor: str
    at: datetime


class LevelLeftAnswer(BaseModel):
    """The level of the part in the store after the movement."""

    store_id: UUID
    part_id: UUID
    quantity: int
