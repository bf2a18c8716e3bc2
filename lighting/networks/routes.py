"""Field networks over HTTP; how they do is told by `app.views.networks`."""

from uuid import UUID

from fastapi import APIRouter

from kit.access.http import CurrentCaller
from kit.http import ClockDep, SessionDep
from kit.http.idempotency import IdempotencyKey, idempotent
from lighting.networks import service
from lighting.networks.schemas import (
    NetworkAnswer,
    NetworkChangeInput,
    NetworkKindsAnswer,
    NewNetworkInput,
    kinds_answer,
    network_answer,
)

router = APIRouter(tags=["networks"])


@router.post("/networks", status_code=201)
async def create_network(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: NewNetworkInput,
    key: IdempotencyKey = None,
) -> NetworkAnswer:
    """Enter a field network; workers open its line within half a minute."""

    async def work() -> NetworkAnswer:
        return network_answer(await service.create(session, caller, body.told(), at=clock.now()))

    return await idempotent(
        *(session, caller, key),
        route="networks.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=NetworkAnswer,
    )


@router.get("/network-kinds")
async def list_kinds(caller: CurrentCaller) -> NetworkKindsAnswer:
    """The kinds of field networks, and what must be known to enter one of each."""
    return kinds_answer()


@router.get("/networks/{network_id}")
async def get_network(
    session: SessionDep, caller: CurrentCaller, network_id: UUID
) -> NetworkAnswer:
    """One field network as it is configured."""
    return network_answer(await service.network(session, caller, network_id))


@router.patch("/networks/{network_id}")
async def change_network(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    network_id: UUID,
    body: NetworkChangeInput,
) -> NetworkAnswer:
    """Change a field network: its title, its settings, or whether it is listened to."""
    changed = await service.change(
        *(session, caller, network_id),
        title=body.title,
        state=body.state,
        settings=body.settings,
        at=clock.now(),
    )
    return network_answer(changed)
