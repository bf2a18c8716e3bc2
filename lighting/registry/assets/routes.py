"""Trees and the search box over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.access.http import CurrentCaller
from kit.http import Page, SessionDep
from lighting.registry.assets import service
from lighting.registry.assets.model import FOUND_MAX
from lighting.registry.assets.schemas import FoundAnswer, TreeAnswer

router = APIRouter(tags=["registry"])


@router.get("/assets/{asset_id}/tree")
async def asset_tree(session: SessionDep, caller: CurrentCaller, asset_id: UUID) -> TreeAnswer:
    """Everything above and below an asset of any kind."""
    return TreeAnswer.model_validate(await service.tree(session, caller, asset_id))


@router.get("/search")
async def search(
    session: SessionDep,
    caller: CurrentCaller,
    q: Annotated[str, Query(max_length=100)],
    limit: Annotated[int, Query(ge=1, le=FOUND_MAX)] = 20,
) -> Page[FoundAnswer]:
    """Cabinets, controllers, luminaires and light points, by number, street, address or serial."""
    found = await service.search(session, caller, q, limit=limit)
    return Page(items=[FoundAnswer.model_validate(one) for one in found])
