"""Use cases for any asset: the tree around it, its name, the search box."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import NotFoundError
from lighting.registry.assets import repository
from lighting.registry.assets.compute import nest
from lighting.registry.assets.model import FOUND_MAX, Found, Node, Tree
from lighting.registry.model import AssetKind, AssetName
from lighting.registry.words import search_query

# Shorter beginnings of an address or serial would find half of the city.
BEGINNING_LENGTH_MIN = 3


async def tree(session: AsyncSession, caller: Caller, asset_id: UUID) -> Tree:
    """Everything above and below an asset of any kind."""
    found = await repository.anchors(session, caller, [asset_id])
    if not found:
        raise NotFoundError("no such asset; search for it with GET /api/v1/search?q=")
    anchor = found[0]
    territory = await repository.territory(session, caller, anchor.organisation_id)
    parents = await repository.anchors(session, caller, anchor.parent_ids)
    above = [*territory, *(parent.asset for parent in parents)]
    return Tree(
        above=[node for node in above if node.id != asset_id],
        asset=await _with_children(session, caller, anchor.asset),
    )


async def _with_children(session: AsyncSession, caller: Caller, asset: Node) -> Node:
    if asset.kind is AssetKind.ORGANISATION:
        children = await repository.territory_below(session, caller, asset.id)
        return replace(asset, children=children, child_count=len(children))
    if asset.kind in repository.CHAIN_COLUMNS:
        return nest(asset, await repository.chains(session, caller, asset))
    return asset


async def names(session: AsyncSession, asset_ids: Sequence[UUID]) -> Mapping[UUID, AssetName]:
    """What people call some assets. For texts of our own: it does not ask who may see them."""
    return await repository.names(session, asset_ids)


async def search(
    session: AsyncSession, caller: Caller, text: str, *, limit: int = 20
) -> Sequence[Found]:
    """Cabinets, controllers, luminaires and light points by number, street, address or serial."""
    typed = text.strip()
    escaped = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    beginning = f"{escaped}%" if len(typed) >= BEGINNING_LENGTH_MIN else ""
    return await repository.search(
        session, caller, search_query(typed) or "", beginning, min(limit, FOUND_MAX)
    )
