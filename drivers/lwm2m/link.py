"""Our LwM2M server: devices register, report and take orders; all they say becomes frames.

A network is one server and one UDP port. Whoever registers must be known (`is_known`), and, unless
the network allows otherwise, protect what it sends (OSCORE) with the key of its endpoint name.
Unknown devices leave evidence and are never commanded.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

from aiocoap.oscore_sitewrapper import OscoreSiteWrapper

from drivers.contract import Frame, PortFrame
from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError
from drivers.lwm2m import topics
from drivers.lwm2m.registrations import Registration, RegistrationStore
from drivers.lwm2m.server.attending import Attendance
from drivers.lwm2m.server.carrying import carry
from drivers.lwm2m.server.desk import FrontDesk
from drivers.lwm2m.server.exchange import Exchange
from drivers.lwm2m.server.roster import Roster
from drivers.lwm2m.server.security import KeyRing
from drivers.lwm2m.server.site import Site
from drivers.lwm2m.server.waiting import Waiting, WaitingOrder
from drivers.lwm2m.settings import Lwm2mSettings
from drivers.spool import Spool, SpooledBatch

__all__ = ["Lwm2mLink", "Lwm2mSettings"]

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 5.0
ATTENDED_AGAIN_SIDE_BY_SIDE = 64


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
        self._is_known = is_known
        self._spool = Spool()
        self._waiting = Waiting()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stack = AsyncExitStack()
        self._side_by_side = asyncio.Semaphore(ATTENDED_AGAIN_SIDE_BY_SIDE)
        keys = KeyRing(settings.keys)
        self._roster = Roster(store, keys)
        site: Any = Site(
            FrontDesk(
                settings,
                self._roster,
                now,
                is_known,
                put=self._put,
                heard=self._heard,
                came=self._came,
                left=lambda endpoint: self._attendance.leave(endpoint),
            )
        )
        guarded = OscoreSiteWrapper(site, keys) if keys else site
        self._exchange = Exchange(guarded, settings.host, settings.port, settings.patience)
        self._attendance = Attendance(
            self._exchange, self._heard, settings.notify_min, settings.notify_max
        )

    async def __aenter__(self) -> "Lwm2mLink":
        kept = await self._roster.restore()
        await self._roster.grant_numbers()
        await self._stack.enter_async_context(self._exchange)
        for registration in kept:
            if registration.is_awake(self._now()):
                self._start(self._attend_again(registration))
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
        return self._exchange.port

    def registration(self, endpoint: str) -> Registration | None:
        """How a device is registered now, None when it is not."""
        return self._roster.of(endpoint)

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
        registration = self._commanded(address)
        if expires_at is not None and expires_at <= now:
            raise RefusedByDeviceError(f"the order expired at {expires_at.isoformat()}")
        if registration.is_awake(now):
            await self.ask(address, frame)
        else:
            self._waiting.put(address, WaitingOrder(frame, order_id, expires_at))

    async def ask(self, address: str, frame: PortFrame) -> PortFrame | None:
        """What a device that is awake says to an order, which becomes a frame too; None when that
        is nothing of interest. Raises `LinkError`."""
        registration = self._commanded(address)
        remote = await self._roster.remote_of(registration, self._exchange)
        said = await carry(self._exchange, remote, registration, frame, self._now())
        if said is not None:
            await self._put(address, said)
        return said

    def _commanded(self, address: str) -> Registration:
        registration = self._roster.of(address)
        if registration is None or not self._is_known(address):
            raise UnreachableError(f"{address} is not registered")
        return registration

    async def _put(self, endpoint: str, said: PortFrame) -> None:
        await self._spool.put(self._frame(endpoint, said))

    async def _heard(self, known: Registration, said: PortFrame, remote: Any) -> None:
        """Store what a device said; by that it is known to listen, and where."""
        await self._spool.put_and_wait(self._frame(known.endpoint, said))
        current = self._roster.of(known.endpoint)
        if current is not None and current.location == known.location:
            await self._roster.note_heard(current, remote, self._now())
            if self._waiting.has(known.endpoint):
                self._start(self._hand_over(known.endpoint))

    def _frame(self, endpoint: str, said: PortFrame) -> Frame:
        topic = topics.said(self._settings.name, endpoint, said.port)
        return Frame(topic, said.payload, self._now())

    def _came(self, registration: Registration, is_changed: bool) -> None:
        """A device registered or updated: it listens now."""
        if is_changed or not self._attendance.is_attended(registration.endpoint):
            self._start(self._attend(registration))
        else:
            self._start(self._hand_over(registration.endpoint))

    async def _attend(self, registration: Registration) -> None:
        remote = await self._roster.remote_of(registration, self._exchange)
        await self._hand_over(registration.endpoint)
        await self._attendance.attend(registration, remote)

    async def _attend_again(self, registration: Registration) -> None:
        """After a restart: a few at a time, for many may not answer any more."""
        async with self._side_by_side:
            if not self._attendance.is_attended(registration.endpoint):
                await self._attend(registration)

    async def _hand_over(self, endpoint: str) -> None:
        """Give a device that woke the orders that waited for it."""
        for order in self._waiting.take(endpoint, self._now()):
            try:
                await self.ask(endpoint, order.frame)
            except UnreachableError:  # it fell asleep again: the order waits on
                self._waiting.put_back(endpoint, order)
            except (LinkError, ValueError) as why:
                topic = topics.order(self._settings.name, endpoint, order.order_id)
                await self._spool.put(Frame(topic, topics.failure(str(why)), self._now()))

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
            try:
                await self.keep_house()
            except Exception:  # the store may be away for a while
                log.exception("registrations not looked after")

    async def keep_house(self) -> None:
        """Forget devices that fell silent and orders that expired; see to numbers."""
        now = self._now()
        self._waiting.drop_expired(now)
        for known in self._roster.expired(now):
            log.info("registration expired", extra={"endpoint": known.endpoint})
            self._attendance.leave(known.endpoint)
            await self._roster.forget(known.endpoint)
        await self._roster.grant_numbers()
