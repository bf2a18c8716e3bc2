"""Our LwM2M server: devices register, report and take orders; all they say becomes frames.

A network is one server and one UDP port. Whoever registers must be known (`is_known`), and, unless
the network allows otherwise, protect what it sends (OSCORE) with the key of its endpoint name.
Unknown devices leave evidence and are never commanded.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from aiocoap import error
from aiocoap.oscore_sitewrapper import OscoreSiteWrapper
from aiocoap.transports.oscore import OSCOREAddress

from drivers.contract import Frame, PortFrame
from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError
from drivers.lwm2m import registering, topics
from drivers.lwm2m.attending import Attendance
from drivers.lwm2m.carrying import carry
from drivers.lwm2m.content import Format
from drivers.lwm2m.exchange import Exchange, address_of
from drivers.lwm2m.packet import Kind, pack
from drivers.lwm2m.paths import ROOT
from drivers.lwm2m.registering import Request
from drivers.lwm2m.registrations import (
    Registered,
    Registration,
    RegistrationStore,
    new_registration,
)
from drivers.lwm2m.security import NUMBERS_LEFT_MIN, EndpointKey, KeyRing
from drivers.lwm2m.site import Caller, Site
from drivers.lwm2m.waiting import Waiting, WaitingOrder
from drivers.spool import Spool, SpooledBatch

log = logging.getLogger(__name__)

STRANGERS_MAX = 1000
# One frame an hour tells enough of a device that keeps trying to register.
STRANGER_EVERY = timedelta(hours=1)
REGISTERED_MAX = 200_000
HOUSEKEEPING_S = 5.0


@dataclass(frozen=True, slots=True)
class Lwm2mSettings:
    """One server. `name` is the second word of the network's name, as in `lwm2m:<name>`.

    Devices notify at most each `notify_min` and at least each `notify_max`.
    """

    name: str
    host: str = "0.0.0.0"
    port: int = 5683
    keys: Mapping[str, EndpointKey] = field(default_factory=dict, repr=False)
    allows_unprotected: bool = False
    notify_min: timedelta = timedelta(seconds=10)
    notify_max: timedelta = timedelta(hours=1)


class Lwm2mLink:
    """The server of one network. Use as an async context manager."""

    def __init__(
        self,
        settings: Lwm2mSettings,
        now: Callable[[], datetime],
        *,
        store: RegistrationStore,
        is_known: Callable[[str], bool],
    ) -> None:
        self._settings = settings
        self._now = now
        self._store = store
        self._is_known = is_known
        self._keys = KeyRing(settings.keys)
        self._spool = Spool()
        self._registered = Registered()
        self._waiting = Waiting()
        self._strangers: OrderedDict[str, datetime] = OrderedDict()
        self._remotes: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stack = AsyncExitStack()
        site: Any = Site(self)
        guarded = OscoreSiteWrapper(site, self._keys) if settings.keys else site
        self.exchange = Exchange(guarded, settings.host, settings.port)
        self._attendance = Attendance(
            self.exchange, self._heard, settings.notify_min, settings.notify_max
        )

    async def __aenter__(self) -> "Lwm2mLink":
        for registration in await self._store.all():
            self._registered.put(registration)
        await self._grant_numbers()
        await self._stack.enter_async_context(self.exchange)
        for registration in await self._store.all():
            if registration.is_awake(self._now()):
                self._start(self._attend(registration))
        self._start(self._keep_house())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._attendance.leave_all()
        await self._stack.aclose()

    @property
    def port(self) -> int:
        """The UDP port it listens on."""
        return self.exchange.port

    def registration(self, endpoint: str) -> Registration | None:
        """How a device is registered now, None when it is not."""
        return self._registered.of(endpoint)

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[SpooledBatch]:
        """What devices say, in batches; they are answered once a batch is acknowledged."""
        return self._spool.batches(max_count, max_wait)

    async def send(
        self, address: str, frame: PortFrame, *, order_id: str, expires_at: datetime | None
    ) -> None:
        """Return once the device took the order (2.04), or, where it sleeps, once the order waits
        for it here; raises `LinkError`.

        Of an order that waited, a frame tells if it failed; what a device took comes as a frame.
        """
        now = self._now()
        registration = self._registered.of(address)
        if registration is None or not self._is_known(address):
            raise UnreachableError(f"{address} is not registered")
        if expires_at is not None and expires_at <= now:
            raise RefusedByDeviceError(f"the order expired at {expires_at.isoformat()}")
        if not registration.is_awake(now):
            self._waiting.put(address, WaitingOrder(frame, order_id, expires_at))
            return
        await self.ask(registration, frame)

    async def ask(self, registration: Registration, frame: PortFrame) -> PortFrame:
        """What a device that is awake says to an order, which becomes a frame too."""
        remote = await self._remote(registration)
        said = await carry(self.exchange, remote, registration, frame, self._now())
        await self._spool.put(self._frame(registration.endpoint, said))
        return said

    # What devices ask of us (site.Desk).

    async def register(
        self, caller: Caller, query: Sequence[str], links: str, said: Request
    ) -> str:
        """Admit a device that is known, and that proves to be the one it says."""
        endpoint = said.endpoint or caller.endpoint
        if endpoint is None:
            raise error.BadRequest("no endpoint name")
        frame = self._registration_frame(endpoint, Kind.REGISTERED, query, links)
        if not self._is_proven(caller, endpoint):
            await self._note_stranger(endpoint, frame)
            raise error.Unauthorized
        if not self._is_known(endpoint) or len(self._registered) >= REGISTERED_MAX:
            await self._note_stranger(endpoint, frame)
            raise error.Forbidden
        registration = new_registration(endpoint, said, caller.host, caller.port, self._now())
        await self._store.put(registration)
        await self._spool.put(frame)
        self._admit(registration, caller.remote)
        self._start(self._attend(registration))
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
        await self._store.put(changed)
        await self._spool.put(self._registration_frame(known.endpoint, Kind.UPDATED, query, links))
        self._admit(changed, caller.remote)
        has_moved = (known.host, known.port) != (caller.host, caller.port)
        if has_moved or changed.objects != known.objects or not self._is_attended(changed):
            self._start(self._attend(changed))
        else:
            self._start(self._hand_over(changed))

    async def deregister(self, caller: Caller, location: str) -> None:
        """Forget a device that says goodbye."""
        known = self._at(caller, location)
        await self._spool.put(self._registration_frame(known.endpoint, Kind.DEREGISTERED, (), ""))
        await self._forget(known)

    async def take_sent(self, caller: Caller, form: int, body: bytes) -> None:
        """Values a device kept for us: it may forget them once they are stored."""
        known = self._registered.at_address(caller.host, caller.port)
        if caller.endpoint is not None:
            known = self._registered.of(caller.endpoint)
        if known is None or not self._is_proven(caller, known.endpoint):
            raise error.NotFound
        await self._heard(known, pack(Kind.SENT, ROOT, form, body), caller.remote)

    def _at(self, caller: Caller, location: str) -> Registration:
        known = self._registered.at_location(location)
        if known is None or not self._is_proven(caller, known.endpoint):
            raise error.NotFound
        return known

    def _is_proven(self, caller: Caller, endpoint: str) -> bool:
        """Whether the caller is this endpoint: by its key, or on its word where that is allowed."""
        if caller.endpoint is not None:
            return caller.endpoint == endpoint
        return self._settings.allows_unprotected and endpoint not in self._keys

    # What we know of devices.

    def _admit(self, registration: Registration, remote: Any) -> None:
        self._registered.put(registration)
        self._remotes[registration.endpoint] = remote

    async def _heard(self, known: Registration, said: PortFrame, remote: Any) -> None:
        """Store what a device said; by that it is known to listen, and where."""
        await self._spool.put_and_wait(self._frame(known.endpoint, said))
        current = self._registered.of(known.endpoint)
        if current is None or current.location != known.location:
            return
        host, port = address_of(remote)
        heard = msgspec.structs.replace(current, host=host, port=port, heard_at=self._now())
        self._admit(heard, remote)
        if (host, port) != (current.host, current.port):
            await self._store.put(heard)
        if not current.is_awake(self._now()) or self._waiting.has(known.endpoint):
            self._start(self._hand_over(heard))

    def _is_attended(self, registration: Registration) -> bool:
        return self._attendance.is_attended(registration.endpoint)

    async def _attend(self, registration: Registration) -> None:
        remote = await self._remote(registration)
        await self._hand_over(registration)
        await self._attendance.attend(registration, remote)

    async def _hand_over(self, registration: Registration) -> None:
        """Give a device that woke the orders that waited for it."""
        for order in self._waiting.take(registration.endpoint, self._now()):
            try:
                await self.ask(registration, order.frame)
            except UnreachableError:  # it fell asleep again: the order waits on
                self._waiting.put_back(registration.endpoint, order)
            except (LinkError, ValueError) as why:
                topic = topics.order(self._settings.name, registration.endpoint, order.order_id)
                await self._spool.put(Frame(topic, topics.failure(str(why)), self._now()))

    async def _remote(self, registration: Registration) -> Any:
        """Where a device is reached: as it last spoke, or as it was before our restart."""
        remote = self._remotes.get(registration.endpoint)
        if remote is None:
            remote = await self.exchange.remote_of(registration.host, registration.port)
            protection = self._keys.get(registration.endpoint)
            if protection is not None:
                remote = OSCOREAddress(protection, remote)
            self._remotes[registration.endpoint] = remote
        return remote

    async def _forget(self, known: Registration) -> None:
        self._registered.drop(known.endpoint)
        self._remotes.pop(known.endpoint, None)
        self._attendance.leave(known.endpoint)
        await self._store.remove(known.endpoint)

    async def _note_stranger(self, endpoint: str, frame: Frame) -> None:
        last = self._strangers.get(endpoint)
        if last is not None and frame.received_at - last < STRANGER_EVERY:
            return
        self._strangers[endpoint] = frame.received_at
        self._strangers.move_to_end(endpoint)
        if len(self._strangers) > STRANGERS_MAX:
            self._strangers.popitem(last=False)
        await self._spool.put(frame)

    def _frame(self, endpoint: str, said: PortFrame) -> Frame:
        topic = topics.said(self._settings.name, endpoint, said.port)
        return Frame(topic, said.payload, self._now())

    def _registration_frame(
        self, endpoint: str, kind: Kind, query: Sequence[str], links: str
    ) -> Frame:
        body = registering.body_of(query, links)
        return self._frame(endpoint, pack(kind, ROOT, Format.LINKS, body))

    # What goes on meanwhile.

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (why := task.exception()) is not None:
            log.warning("lwm2m work failed", exc_info=why)

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(HOUSEKEEPING_S)
            with suppress(OSError):  # the store may be away for a while
                await self.keep_house()

    async def keep_house(self) -> None:
        """Forget devices that fell silent and orders that expired; see to numbers."""
        now = self._now()
        self._waiting.drop_expired(now)
        for known in self._registered.expired(now):
            log.info("registration expired", extra={"endpoint": known.endpoint})
            await self._forget(known)
        if any(one.numbers_left < NUMBERS_LEFT_MIN for one in self._keys.protections()):
            await self._grant_numbers()

    async def _grant_numbers(self) -> None:
        if not self._keys:
            return
        epoch = await self._store.take_epoch()
        for protection in self._keys.protections():
            protection.grant(epoch)
