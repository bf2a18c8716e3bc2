"""The line of our OSLP platform: 2.5G street light devices register there and take orders."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.lines.line import Line, MissingSecretError, Surroundings
from app.lines.of_link import LineOfLink
from drivers.oslp.envelope import private_key, public_key
from drivers.oslp.link import OslpLink
from drivers.oslp.link import OslpSettings as LinkSettings
from drivers.oslp.sessions import Session, from_json, to_json
from kit.db import Database
from lighting.networks import memory
from lighting.networks.kinds import OslpSettings
from lighting.networks.model import FieldNetworkView

SESSION = "session:"


class KeptSessions:
    """Sessions in the database: devices need not register again when a worker restarts."""

    def __init__(self, database: Database, network_id: UUID) -> None:
        self._database = database
        self._network_id = network_id

    async def get(self, device_id: str) -> Session | None:
        key = SESSION + device_id
        async with self._database.session() as session:
            kept = await memory.recall(session, self._network_id, key)
        return from_json(json.dumps(kept[key])) if key in kept else None

    async def put(self, session: Session) -> None:
        value = json.loads(to_json(session))
        async with self._database.session() as transaction:
            await memory.remember(transaction, self._network_id, SESSION + session.device_id, value)


@asynccontextmanager
async def open_line(network: FieldNetworkView, around: Surroundings) -> AsyncIterator[Line]:
    """The platform that the network is named after, on its port."""
    asked = OslpSettings.model_validate(network.settings)
    key = around.secret(asked.secret)
    if key is None:
        raise MissingSecretError(f"{network.name} names no secret; a platform signs with its key")
    settings = LinkSettings(
        network.where,
        private_key(key),
        {one.device_id: public_key(one.public_key) for one in asked.device_keys},
        host=asked.host,
        port=asked.port,
        device_port=asked.device_port,
    )
    store = KeptSessions(around.database, network.id)
    async with OslpLink(settings, around.now, store=store, is_known=around.is_known) as link:
        yield LineOfLink(link)
