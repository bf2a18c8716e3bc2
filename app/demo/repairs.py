"""What the crews report done in the app is mended in the simulated street; a controller swapped in
the registry speaks for its lamp from then on.

The simulator knows nothing of the product: this looks at the database now and then, in a thread
of its own, and leaves what it finds for the field's loop.
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.workorders import detail, reading
from gmao.workorders.model import OrderFilter, Status
from kit.access.model import Caller
from kit.db import Database
from kit.log import get_logger
from lighting.ingest.directory import Directory
from simulator.city import City

log = get_logger()
SYSTEM = Caller.system("simulated street")
LOOK_EVERY_S = 3.0
ORDERS_MAX = 200
REPAIRED = frozenset({Status.DONE, Status.VERIFIED})
# Completions that mend nothing.
NO_REMEDY = frozenset({"no_action", "made_safe_only"})


@dataclass(frozen=True, slots=True)
class Mended:
    """A crew says that it mended what was broken at a site at an instant."""

    site: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Swapped:
    """Another controller stands at a site."""

    site: str
    address: str


News = Mended | Swapped


def apply(news: News, city: City) -> None:
    """Bring what was done in the street into the city; faults that came later stay."""
    lamp = next((place for place, one in enumerate(city.lamps) if one.site == news.site), None)
    if lamp is None:
        return
    if isinstance(news, Swapped):
        if city.lamps[lamp].address != news.address:
            city.swap_controller(lamp, news.address)
    elif any(one.lamp == lamp and one.starts_at <= news.done_at for one in city.faults):
        city.repair(lamp, city.at)
        log.info("lamp mended", site=news.site)


class Lookout:
    """Looks for news in the database until it is told to stop."""

    def __init__(self, database: Database, since: datetime, addresses: Mapping[str, str]) -> None:
        self.news: SimpleQueue[News] = SimpleQueue()
        self._database = database
        self._since = since
        self._known: set[tuple[UUID, datetime]] = set()
        self._directory = Directory()
        self._addresses = dict(addresses)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)

    def __enter__(self) -> "Lookout":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._look_on())

    async def _look_on(self) -> None:
        while not self._stop.is_set():
            try:
                async with self._database.session() as session:
                    await self.look(session)
            except (OSError, SQLAlchemyError) as error:
                log.warning("the street cannot see the orders", error=str(error))
            await asyncio.to_thread(self._stop.wait, LOOK_EVERY_S)
        await self._database.close()

    async def look(self, session: AsyncSession) -> None:
        """Put what is new since the last time into `news`."""
        done = await reading.work_orders(
            session,
            SYSTEM,
            OrderFilter(statuses=REPAIRED),
            now=self._since,
            after=None,
            limit=ORDERS_MAX,
        )
        for order in done:
            at = order.done_at
            if at is None or at <= self._since or (order.id, at) in self._known:
                continue
            self._known.add((order.id, at))
            whole = await detail.work_order(session, SYSTEM, order.id, now=at)
            remedy = whole.completion.remedy if whole.completion else None
            if order.light_point is not None and remedy not in NO_REMEDY:
                self.news.put(Mended(str(order.light_point.id), at))
        await self._look_for_swaps(session)

    async def _look_for_swaps(self, session: AsyncSession) -> None:
        await self._directory.refresh(session)
        for ref in self._directory.by_key.values():
            site = str(ref.light_point_id)
            if self._addresses.get(site, ref.address) != ref.address:
                self._addresses[site] = ref.address
                self.news.put(Swapped(site, ref.address))
