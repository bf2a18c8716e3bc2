"""Keeps a line open for every active field network, and puts each order on its line.

A network that is entered, changed or paused is noticed within half a minute. A line that fails is
opened again after a pause that grows, and never stops another. A network that
admits one connection (a bus, a socket that devices send to) is held by one worker at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from app.lines.holding import Holding
from app.lines.line import Line, Opener, Surroundings, UnknownNetworkError
from app.lines.openers import OPENERS
from app.lines.watched import Watched
from drivers.contract import Frame
from kit.access.model import Caller
from kit.clock import Clock
from kit.db import Database
from kit.log import get_logger
from lighting.control.model import Order
from lighting.ingest.intake import Batch, Intake, pause_after
from lighting.ingest.service import Ingest
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, LineState, NetworkKind, NetworkState

log = get_logger()

LOOK_EVERY_S = 15.0
SEND_TIMEOUT_S = 60.0
SYSTEM = Caller.system("lines")


class Switchboard:
    """The open lines of one worker. `run` keeps them; `send` uses them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        around: Surroundings,
        ingests: Mapping[str, Ingest],
        openers: Mapping[NetworkKind, Opener] = OPENERS,
        *,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._database = database
        self._clock = clock
        self._around = around
        self._ingests = ingests
        self._openers = openers
        self._look_every_s = look_every_s
        self._lines: dict[str, Line] = {}
        self._watched: dict[str, Watched] = {}
        self._keepers: dict[str, tuple[FieldNetworkView, asyncio.Task[None]]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._waiting: set[str] = set()
        self._shared: dict[str, Callable[[], bool]] = {}
        self._holding = Holding(database)

    def reaches(self, network: str) -> bool:
        """Whether orders to this network can leave by a line of this worker."""
        return network in self._lines or network.partition(":")[0] in self._lines

    def line(self, network: str) -> Line | None:
        """The open line to a network, None while there is none here."""
        return self._lines.get(network) or self._lines.get(network.partition(":")[0])

    @property
    def lines(self) -> Mapping[str, Line]:
        """The lines open now, by network (or by kind, where one serves all of a kind)."""
        return dict(self._lines)

    def waits_for(self, network: str) -> bool:
        """Whether another worker holds the line that this one would open."""
        return network in self._waiting

    def share(self, kind: NetworkKind, line: Line, is_open: Callable[[], bool]) -> None:
        """A line somebody else keeps open, for all networks of a kind."""
        self._lines[kind.value] = line
        self._shared[kind.value] = is_open

    async def counted(
        self, batches: AsyncIterator[Batch], name_of: Callable[[Frame], str]
    ) -> AsyncIterator[Batch]:
        """The batches of a shared line, each frame counted for the network it came by."""
        async for batch in batches:
            for frame in batch.frames:
                watched = self._watched.get(name_of(frame))
                if watched is not None:
                    watched.note_frame(frame)
            yield batch

    async def run(self) -> None:
        """Follow the networks as they are configured, until cancelled."""
        try:
            while True:
                try:
                    await self.follow()
                    await self.tell()
                except Exception:  # the database may be away for a while; the lines stay open
                    log.exception("networks not followed")
                await asyncio.sleep(self._look_every_s)
        finally:
            await self.close()

    async def follow(self) -> None:
        """Open the lines that should be open, close the others."""
        async with self._database.session() as session:
            found = await networks.networks(session, SYSTEM)
        wanted = {
            one.name: one
            for one in found
            if one.state is NetworkState.ACTIVE and one.kind in self._openers
        }
        is_intact = await self._holding.is_intact()
        gone = [
            name
            for name, (known, _) in self._keepers.items()
            if not is_intact or wanted.get(name) != known
        ]
        await self._stop(gone)
        for one in found:
            self._watched.setdefault(one.name, Watched(one.id, self._clock.now()))
        for name in wanted.keys() - self._keepers.keys():
            keeper = asyncio.create_task(self._keep(wanted[name]), name=f"line {name}")
            self._keepers[name] = (wanted[name], keeper)

    async def tell(self) -> None:
        """Write down how the lines do that this worker holds."""
        async with self._database.session() as session:
            for name, watched in self._watched.items():
                is_open = self._shared.get(name.partition(":")[0])
                if is_open is not None:
                    state = LineState.OPEN if is_open() else LineState.FAILING
                    why = "" if state is LineState.OPEN else "the broker cannot be reached"
                    watched.turn(state, self._clock.now(), why)
                if is_open is not None or name in self._keepers.keys() - self._waiting:
                    report = watched.take_report()
                    await networks.tell_line(session, report, self._clock.now())

    async def close(self) -> None:
        """Close every line this switchboard opened, and stop what is being sent."""
        await self._stop(list(self._keepers))
        for task in self._sending:
            task.cancel()
        await self._holding.close()

    def send(self, orders: Sequence[Order]) -> None:
        """Put orders on their lines, side by side; one that cannot leave is tried again after its
        pause."""
        for order in orders:
            task = asyncio.create_task(self._send(order))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, order: Order) -> None:
        line = self.line(order.network)
        try:
            if line is None:
                raise UnknownNetworkError(f"no line to {order.network} is open here")
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await line.send(order)
        except (OSError, TimeoutError, ValueError) as error:
            log.warning(
                "order not sent",
                delivery_id=str(order.delivery_id),
                controller_key=order.controller_key,
                error=str(error) or type(error).__name__,
            )
            return
        watched = self._watched.get(order.network)
        if watched is not None:
            watched.note_sent()

    async def _stop(self, names: Iterable[str]) -> None:
        stopping = [self._keepers.pop(name)[1] for name in names]
        for task in stopping:
            task.cancel()
        for task in stopping:
            with suppress(asyncio.CancelledError):
                await task

    async def _keep(self, network: FieldNetworkView) -> None:
        """Keep the line of one network open, whatever happens to it."""
        attempt, watched = 0, self._watched[network.name]
        while True:
            try:
                async with AsyncExitStack() as stack:
                    await stack.enter_async_context(self._alone(network.name))
                    opening = self._openers[network.kind](network, self._around)
                    line = await stack.enter_async_context(opening)
                    attempt = 0
                    await self._listen(network, line, watched)
            except OSError as error:  # nobody there, refused, timed out: say it and try again
                log.warning("line failed", network=network.name, error=str(error))
                watched.turn(LineState.FAILING, self._clock.now(), str(error) or repr(error))
            except Exception as error:  # a mistake of ours in one line is no other line's trouble
                log.exception("line crashed", network=network.name)
                watched.turn(LineState.FAILING, self._clock.now(), str(error) or repr(error))
            await asyncio.sleep(pause_after(attempt).total_seconds())
            attempt += 1

    async def _listen(self, network: FieldNetworkView, line: Line, watched: Watched) -> None:
        intake = Intake(self._database, self._ingests[network.kind.value], self._clock)
        bounds = self._around.settings.ingest
        self._lines[network.name] = line
        watched.turn(LineState.OPEN, self._clock.now())
        try:
            batches = line.batches(bounds.batch_max_count, bounds.batch_max_wait)
            await intake.run(watched.counted(batches))
        finally:
            self._lines.pop(network.name, None)
            watched.turn(LineState.CLOSED, self._clock.now())

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        """Wait until no other worker holds the line of this network, and hold it."""
        try:
            while not await self._holding.take(name):
                self._waiting.add(name)
                await asyncio.sleep(self._look_every_s)
        finally:
            self._waiting.discard(name)
        try:
            yield
        finally:
            await self._holding.give_back(name)
