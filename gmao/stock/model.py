"""Parts and their movements as others see them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class StoreKind(StrEnum):
    """Where parts lie."""

    STORE = "store"
    VAN = "van"


class PartUnit(StrEnum):
    """What a quantity counts; quantities are whole numbers of it."""

    PIECE = "piece"
    METRE = "metre"


class MoveReason(StrEnum):
    """Why a quantity changed."""

    RECEIPT = "receipt"
    TRANSFER = "transfer"
    COUNT = "count"
    CONSUMPTION = "consumption"
    # A crew used what the books did not hold: the books were wrong, and this line says so.
    SHORTFALL = "shortfall"


class MovementKind(StrEnum):
    """The movements one may order; consumption comes from a completed work order."""

    RECEIPT = "receipt"
    COUNT = "count"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class MovementOrder:
    """One movement asked for; for a count, `quantity` is what was found in the store."""

    kind: MovementKind
    store_id: UUID
    part_id: UUID
    quantity: int
    to_store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """How much of a part lies in a store; never negative."""

    store_id: UUID
    store_name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PartView:
    """A part with where it lies."""

    id: UUID
    organisation_id: UUID
    reference: str
    designation: str
    unit: PartUnit
    unit_cost_eur: Decimal
    reorder_quantity: int
    levels: tuple[Level, ...]

    @property
    def quantity(self) -> int:
        """All that lies anywhere."""
        return sum(level.quantity for level in self.levels)

    @property
    def should_reorder(self) -> bool:
        """Whether the stock has come down to its reorder point."""
        return self.quantity <= self.reorder_quantity


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store room, or the van of a crew."""

    id: UUID
    organisation_id: UUID
    name: str
    kind: StoreKind
    crew_id: UUID | None


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the books: a signed quantity, why, by whom, and for which work order."""

    id: UUID
    store_id: UUID
    part_id: UUID
    quantity: int
    reason: MoveReason
    work_order_id: UUID | None
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Consumed:
    """A part taken for a work order, at its price of that day.

    `shortfall_quantity` is what the store's books lacked; without a store nothing was booked.
    """

    part_id: UUID
    store_id: UUID | None
    quantity: int
    shortfall_quantity: int
    unit_cost_eur: Decimal
