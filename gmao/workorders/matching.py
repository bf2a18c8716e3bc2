"""Which order a new alarm or report belongs to: never two tickets for one cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from gmao.workorders.model import OPEN, Position, Source, Status
from gmao.workorders.rules import distance_m
from lighting.faults.model import AssetType

# The same fault within this time of its repair is the same story.
REOPEN_WITHIN = timedelta(days=30)
# Two reports of one kind without asset, this near in space and time, are one.
NEAR_M = 30
NEAR_TIME = timedelta(hours=72)

# What a passer-by would say of a cause: an alarm and a report of one symptom are one story.
SYMPTOMS: Mapping[str, str] = {
    "lamp_failure": "dark",
    "supply_loss": "dark",
    "light_out": "dark",
    "street_dark": "dark",
    "lamp_unexpected_on": "lit_by_day",
    "light_day_on": "lit_by_day",
    "communication_loss": "silent",
    "lamp_power_too_low": "weak",
}

# What a cabinet's symptom explains of the lights behind it.
EXPLAINED_BY_CABINET: Mapping[str, frozenset[str]] = {
    "dark": frozenset({"dark", "silent", "weak"}),
    "lit_by_day": frozenset({"lit_by_day"}),
    "silent": frozenset({"silent"}),
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an alarm or a person says is wrong, where, since when."""

    cause: str
    seen_at: datetime
    asset_id: UUID | None = None
    cabinet_id: UUID | None = None
    position: Position | None = None
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that might already be about it."""

    id: UUID
    status: Status
    source: Source
    cause: str
    opened_at: datetime
    done_at: datetime | None = None
    asset_type: AssetType | None = None
    asset_id: UUID | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Add it to an order that is being dealt with."""

    work_order_id: UUID


@dataclass(frozen=True, slots=True)
class Reopen:
    """The repair did not hold: take the order up again."""

    work_order_id: UUID


@dataclass(frozen=True, slots=True)
class OpenNew:
    """Nothing is known of it yet; `repeat_of_id` is a closed order of the same fault, if any."""

    repeat_of_id: UUID | None = None


Match: TypeAlias = Join | Reopen | OpenNew


def symptom(cause: str) -> str:
    """The symptom of a cause; a cause without a known one is its own."""
    return SYMPTOMS.get(cause, cause)


def match(sighting: Sighting, candidates: Sequence[Candidate]) -> Match:
    """Join an open order, reopen one repaired of late, or open a new one."""
    is_open = [one for one in candidates if one.status in OPEN]
    joined = next((one for one in is_open if _is_same_matter(sighting, one)), None)
    if joined is not None:
        return Join(joined.id)
    repaired = max(
        (one for one in candidates if _is_same_fault_again(sighting, one)),
        key=lambda one: one.done_at or one.opened_at,
        default=None,
    )
    if repaired is None:
        return OpenNew()
    assert repaired.done_at is not None
    if repaired.status is Status.CLOSED:
        return OpenNew(repeat_of_id=repaired.id)
    if sighting.seen_at <= repaired.done_at:
        return Join(repaired.id)  # old news: it was seen before the repair
    return Reopen(repaired.id)


def _is_same_matter(sighting: Sighting, order: Candidate) -> bool:
    """A planned visit and a fault are never the same matter."""
    if sighting.is_planned or order.source is Source.PLAN:
        return (
            sighting.is_planned
            and order.source is Source.PLAN
            and order.asset_id == sighting.asset_id
            and order.cause == sighting.cause
        )
    if order.asset_id is not None and sighting.asset_id is not None:
        return order.asset_id == sighting.asset_id or _is_explained(sighting, order)
    return (
        symptom(order.cause) == symptom(sighting.cause)
        and abs(sighting.seen_at - order.opened_at) <= NEAR_TIME
        and order.position is not None
        and sighting.position is not None
        and distance_m(order.position, sighting.position) <= NEAR_M
    )


def _is_explained(sighting: Sighting, order: Candidate) -> bool:
    """Whether the fault of a cabinet accounts for what is seen at a light behind it."""
    if order.asset_type is not AssetType.CABINET or order.asset_id != sighting.cabinet_id:
        return False
    return symptom(sighting.cause) in EXPLAINED_BY_CABINET.get(symptom(order.cause), frozenset())


def _is_same_fault_again(sighting: Sighting, order: Candidate) -> bool:
    return (
        order.done_at is not None
        and not sighting.is_planned
        and order.source is not Source.PLAN
        and order.status in (Status.DONE, Status.VERIFIED, Status.CLOSED)
        and order.asset_id is not None
        and order.asset_id == sighting.asset_id
        and symptom(order.cause) == symptom(sighting.cause)
        and sighting.seen_at - order.done_at <= REOPEN_WITHIN
    )
