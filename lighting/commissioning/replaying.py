"""Takes in the frames that waited in quarantine for a controller, and counts them where it was
commissioned."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.commissioning import repository
from lighting.ingest import replay
from lighting.ingest.service import Ingest
from lighting.registry import service as registry


async def replay_of(
    session: AsyncSession, ingests: Mapping[str, Ingest], controller_id: UUID, now: datetime
) -> int:
    """Try the frames of one installed controller again; returns how many were taken in.

    Done twice, the second time finds nothing to do. What is more than one run takes is left to
    the job that replays for registered controllers.
    """
    controller = await registry.controller(session, Caller.system("commissioning"), controller_id)
    ingest = ingests.get(controller.network.partition(":")[0])
    if ingest is None:
        return 0
    taken = await replay.replay_address(session, ingest, controller.address, now)
    if taken:
        await repository.add_replayed(session, controller_id, taken)
    return taken
