"""Who is registered, where each is reached, and by which key it is known; kept over restarts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiocoap.transports.oscore import OSCOREAddress

from drivers.lwm2m.registrations import Registered, Registration, RegistrationStore
from drivers.lwm2m.server.exchange import Exchange, address_of
from drivers.lwm2m.server.security import NUMBERS_LEFT_MIN, KeyRing


class Roster:
    """The registrations of one server, in memory and in the store."""

    def __init__(self, store: RegistrationStore, keys: KeyRing) -> None:
        self._store = store
        self._keys = keys
        self._registered = Registered()
        self._remotes: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._registered)

    async def restore(self) -> Sequence[Registration]:
        """Take over what was kept before a restart."""
        kept = await self._store.all()
        for registration in kept:
            self._registered.put(registration)
        return kept

    def of(self, endpoint: str) -> Registration | None:
        """How a device is registered, None when it is not."""
        return self._registered.of(endpoint)

    def at_location(self, location: str) -> Registration | None:
        return self._registered.at_location(location)

    def at_address(self, host: str, port: int) -> Registration | None:
        return self._registered.at_address(host, port)

    async def admit(self, registration: Registration, remote: Any) -> None:
        """Keep a registration, and where its device spoke from."""
        await self._store.put(registration)
        self._registered.put(registration)
        self._remotes[registration.endpoint] = remote

    async def note_heard(self, known: Registration, remote: Any, now: datetime) -> None:
        """A device spoke: it listens now, at this address."""
        host, port = address_of(remote)
        heard = msgspec.structs.replace(known, host=host, port=port, heard_at=now)
        if (host, port) != (known.host, known.port):
            await self._store.put(heard)
        self._registered.put(heard)
        self._remotes[known.endpoint] = remote

    async def forget(self, endpoint: str) -> None:
        """A device is no longer registered."""
        self._registered.drop(endpoint)
        self._remotes.pop(endpoint, None)
        await self._store.remove(endpoint)

    def expired(self, now: datetime) -> Sequence[Registration]:
        """Those not heard within their lifetime."""
        return self._registered.expired(now)

    async def remote_of(self, registration: Registration, exchange: Exchange) -> Any:
        """Where a device is reached: as it last spoke, or as it was before our restart."""
        remote = self._remotes.get(registration.endpoint)
        if remote is None:
            remote = await exchange.remote_of(registration.host, registration.port)
            protection = self._keys.get(registration.endpoint)
            if protection is not None:
                remote = OSCOREAddress(protection, remote)
            self._remotes[registration.endpoint] = remote
        return remote

    async def grant_numbers(self) -> None:
        """See that every key has numbers left to protect messages with."""
        protections = list(self._keys.protections())
        if any(one.numbers_left < NUMBERS_LEFT_MIN for one in protections):
            epoch = await self._store.take_epoch()
            for protection in protections:
                protection.grant(epoch)
