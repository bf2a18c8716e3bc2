"""Gateways over HTTP; how they are heard is told by `app.views.networks`."""

from typing import Annotated

from fastapi import APIRouter, Path

from kit.access.http import CurrentCaller
from kit.http import ClockDep, SessionDep
from lighting.registry.gateways import service
from lighting.registry.gateways.schemas import GatewayPlaceInput

router = APIRouter(tags=["networks"])

Address = Annotated[str, Path(min_length=1, max_length=100)]


@router.put("/gateways/{address}", status_code=204)
async def place_gateway(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    address: Address,
    body: GatewayPlaceInput,
) -> None:
    """Say what a gateway is called and where it stands."""
    await service.place(session, caller, body.of(address), at=clock.now())
