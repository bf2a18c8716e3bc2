"""The line of our LwM2M server: cellular controllers register there, report, and take orders."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from app.lines.line import Line, Surroundings
from app.lines.of_link import LineOfLink
from drivers.lwm2m.link import Lwm2mLink, Lwm2mSettings
from drivers.lwm2m.registrations import Registration, from_json, to_json
from drivers.lwm2m.server.security import read_keys
from kit.db import Database
from lighting.networks import memory
from lighting.networks.kinds import LwM2mSettings
from lighting.networks.model import FieldNetworkView

REGISTERED = "registration:"
EPOCH = "epoch"


class KeptRegistrations:
    """Registrations in the database: devices need not register again when a worker restarts."""

    def __init__(self, database: Database, network_id: UUID) -> None:
        self._database = database
        self._network_id = network_id

    async def all(self) -> Sequence[Registration]:
        async with self._database.session() as session:
            kept = await memory.recall(session, self._network_id, REGISTERED)
        return [from_json(json.dumps(value)) for value in kept.values()]

    async def put(self, registration: Registration) -> None:
        value = json.loads(to_json(registration))
        async with self._database.session() as session:
            await memory.remember(
                session, self._network_id, REGISTERED + registration.endpoint, value
            )

    async def remove(self, endpoint: str) -> None:
        async with self._database.session() as session:
            await memory.forget(session, self._network_id, REGISTERED + endpoint)

    async def take_epoch(self) -> int:
        async with self._database.session() as session:
            return await memory.take_number(session, self._network_id, EPOCH)


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """The server that the network is named after, on its port."""
    asked = LwM2mSettings.model_validate(network.settings)
    keys = around.secret(asked.secret)
    settings = Lwm2mSettings(
        network.where,
        asked.host,
        asked.port,
        keys=read_keys(keys) if keys else {},
        allows_unprotected=asked.allows_unprotected,
    )
    store = KeptRegistrations(around.database, network.id)
    link = Lwm2mLink(settings, around.now, store=store, is_known=around.is_known)
    async with link:
        yield LineOfLink(link)
