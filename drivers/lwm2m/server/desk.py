"""Decides on what devices ask of us: who is admitted, what is kept of whom, what is told."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from aiocoap import error

from drivers.contract import PortFrame
from drivers.lwm2m import registering
from drivers.lwm2m.content import Format
from drivers.lwm2m.packet import Kind, pack
from drivers.lwm2m.paths import ROOT
from drivers.lwm2m.registering import Request
from drivers.lwm2m.registrations import Registration, new_registration
from drivers.lwm2m.server.roster import Roster
from drivers.lwm2m.server.site import Caller
from drivers.lwm2m.settings import Lwm2mSettings

STRANGERS_MAX = 1000
# One frame an hour tells enough of a device that keeps trying to register.
STRANGER_EVERY = timedelta(hours=1)
REGISTERED_MAX = 200_000

Put = Callable[[str, PortFrame], Awaitable[None]]
"""Makes a frame of what an endpoint said."""


class FrontDesk:
    """The side of the link that devices speak to."""

    def __init__(
        self,
        settings: Lwm2mSettings,
        roster: Roster,
        now: Callable[[], datetime],
        is_known: Callable[[str], bool],
        put: Put,
        heard: Callable[[Registration, PortFrame, Any], Awaitable[None]],
        came: Callable[[Registration, bool], None],
        left: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._roster = roster
        self._now = now
        self._is_known = is_known
        self._put = put
        self._heard = heard
        self._came = came
        self._left = left
        self._strangers: OrderedDict[str, datetime] = OrderedDict()

    async def register(
        self, caller: Caller, query: Sequence[str], links: str, said: Request
    ) -> str:
        """Admit a device that is known, and that proves to be the one it says."""
        endpoint = said.endpoint or caller.endpoint
        if endpoint is None:
            raise error.BadRequest("no endpoint name")
        told = _told(Kind.REGISTERED, query, links)
        if not self._is_proven(caller, endpoint):
            await self._note_stranger(endpoint, told)
            raise error.Unauthorized
        if not self._is_known(endpoint) or len(self._roster) >= REGISTERED_MAX:
            await self._note_stranger(endpoint, told)
            raise error.Forbidden
        registration = new_registration(endpoint, said, caller.host, caller.port, self._now())
        await self._roster.admit(registration, caller.remote)
        await self._put(endpoint, told)
        self._came(registration, True)
        return registration.location

    async def update(
        self, caller: Caller, location: str, query: Sequence[str], links: str, said: Request
    ) -> None:
        """Note that a device lives, where, and for how long."""
        known = self._at(caller, location)
        changed = msgspec.structs.replace(
            known,
            host=caller.host,
            port=caller.port,
            lifetime_s=said.lifetime_s or known.lifetime_s,
            is_queued=said.is_queued if said.binding is not None else known.is_queued,
            objects=known.objects if said.objects is None else said.objects,
            heard_at=self._now(),
        )
        await self._roster.admit(changed, caller.remote)
        await self._put(known.endpoint, _told(Kind.UPDATED, query, links))
        has_moved = (known.host, known.port) != (caller.host, caller.port)
        self._came(changed, has_moved or changed.objects != known.objects)

    async def deregister(self, caller: Caller, location: str) -> None:
        """Forget a device that says goodbye."""
        known = self._at(caller, location)
        await self._put(known.endpoint, _told(Kind.DEREGISTERED, (), ""))
        self._left(known.endpoint)
        await self._roster.forget(known.endpoint)

    async def take_sent(self, caller: Caller, form: int, body: bytes) -> None:
        """Values a device kept for us: it may forget them once they are stored."""
        if caller.endpoint is not None:
            known = self._roster.of(caller.endpoint)
        else:
            known = self._roster.at_address(caller.host, caller.port)
        if known is None or not self._is_proven(caller, known.endpoint):
            raise error.NotFound
        await self._heard(known, pack(Kind.SENT, ROOT, form, body), caller.remote)

    def _at(self, caller: Caller, location: str) -> Registration:
        known = self._roster.at_location(location)
        if known is None or not self._is_proven(caller, known.endpoint):
            raise error.NotFound
        return known

    def _is_proven(self, caller: Caller, endpoint: str) -> bool:
        """Whether the caller is this endpoint: by its key, or on its word where that is allowed."""
        if caller.endpoint is not None:
            return caller.endpoint == endpoint
        return self._settings.allows_unprotected and endpoint not in self._settings.keys

    async def _note_stranger(self, endpoint: str, told: PortFrame) -> None:
        now = self._now()
        last = self._strangers.get(endpoint)
        if last is not None and now - last < STRANGER_EVERY:
            return
        self._strangers[endpoint] = now
        self._strangers.move_to_end(endpoint)
        if len(self._strangers) > STRANGERS_MAX:
            self._strangers.popitem(last=False)
        await self._put(endpoint, told)


def _told(kind: Kind, query: Sequence[str], links: str) -> PortFrame:
    return pack(kind, ROOT, Format.LINKS, registering.body_of(query, links))
