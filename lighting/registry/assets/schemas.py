"""API shapes of trees and of the search box."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lighting.registry.model import AssetKind


class NodeAnswer(BaseModel):
    """One asset of a tree; `child_count` may be more than the children shown."""

    model_config = ConfigDict(from_attributes=True)

    kind: AssetKind
    id: UUID
    label: str
    detail: str
    child_count: int
    children: list["NodeAnswer"]


class TreeAnswer(BaseModel):
    """An asset with everything below it, and the chain from the territory down to it."""

    model_config = ConfigDict(from_attributes=True)

    above: list[NodeAnswer]
    asset: NodeAnswer


class FoundAnswer(BaseModel):
    """One line of the search box."""

    model_config = ConfigDict(from_attributes=True)

    kind: AssetKind
    id: UUID
    label: str
    detail: str
    lon_deg: float | None
    lat_deg: float | None
