"""Any asset: where it stands in the tree, and what a search shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lighting.registry.model import AssetKind

# What one tree shows at most: a cabinet feeds some hundred lights, a territory more cabinets.
LIGHTS_SHOWN_MAX = 2000
CABINETS_SHOWN_MAX = 1000
FOUND_MAX = 50


@dataclass(frozen=True, slots=True)
class Node:
    """One asset of a tree. `child_count` may be more than the children shown."""

    kind: AssetKind
    id: UUID
    label: str
    detail: str = ""
    child_count: int = 0
    children: Sequence["Node"] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """An asset with everything below it, and the chain from the territory down to it."""

    above: Sequence[Node]
    asset: Node


@dataclass(frozen=True, slots=True)
class Anchor:
    """An asset and what it hangs on."""

    asset: Node
    organisation_id: UUID
    parent_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the search box."""

    kind: AssetKind
    id: UUID
    label: str
    detail: str
    lon_deg: float | None
    lat_deg: float | None
