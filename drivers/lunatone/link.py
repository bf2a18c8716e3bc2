"""One Lunatone gateway: its lines asked in rounds, orders carried, orders of others overheard.

What is heard becomes frames: topic `lunatone/<gateway>/<line>/<short address>`, payload the number
of the port (`drivers.dali.ports`), then the bytes. A controller's address is the topic without its
first word; instead of a short address, an order may go to `g0` to `g15` or `all` of a line.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from drivers.contract import Found, Frame, PortFrame
from drivers.errors import UnreachableError
from drivers.lunatone.api import ANSWER_TIMEOUT_S, Rest
from drivers.lunatone.connection import Session, SessionLimits
from drivers.spool import CAPACITY_FRAMES, Spool, SpooledBatch

log = logging.getLogger(__name__)

TOPIC_WORD = "lunatone"
RECONNECT_FIRST_S = 1.0
RECONNECT_MAX_S = 60.0
PING_EVERY_S = 20.0
MESSAGE_BYTES_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """One gateway; `gateway` begins the address of all that stands behind it."""

    gateway: str
    url: str
    limits: SessionLimits = field(default_factory=SessionLimits)
    spool_limit: int = CAPACITY_FRAMES
    reconnect_first_s: float = RECONNECT_FIRST_S

    @property
    def socket_url(self) -> str:
        """Where the WebSocket is: the same host, at its root."""
        return "ws" + self.url.removeprefix("http").rstrip("/") + "/"


class LunatoneLink:
    """The gateway while the link is open; it need not be there yet."""

    def __init__(self, settings: LinkSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._spool = Spool(settings.spool_limit)
        self._client = httpx.AsyncClient(base_url=settings.url, timeout=ANSWER_TIMEOUT_S)
        self._rest = Rest(self._client)
        self._session: Session | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeping = asyncio.create_task(self._keep_connected())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._client.aclose()

    def is_open(self) -> bool:
        """Whether the gateway is connected."""
        return self._session is not None

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[SpooledBatch]:
        """What was heard, as it comes."""
        return self._spool.batches(max_count, max_wait)

    async def send(
        self, address: str, order: PortFrame, *, order_id: str, expires_at: datetime | None
    ) -> None:
        """Send gear to the percentage of light of the order; it goes before all polling.

        Returns once the gear itself has answered, for a group once the gateway has taken it.
        Raises `LinkError`.
        """
        if expires_at is not None and self._now() >= expires_at:
            raise UnreachableError(f"order {order_id} to {address} is past its time")
        line, target = self._place(address)
        await self._connected().master(line).order(target, order.payload[0])

    async def scan(self, *, with_addressing: bool = False) -> list[Found]:
        """Let the gateway look for gear, then ask each gear who it is; addresses are whole."""
        session = self._connected()
        await self._rest.scan(with_addressing=with_addressing)
        await session.learn_devices()
        return [
            Found(f"{self._settings.gateway}/{line}/{found.address}", found.evidence)
            for line, master in enumerate(session.masters)
            for found in await master.scan()
        ]

    def _connected(self) -> Session:
        if self._session is None:
            raise UnreachableError(f"{self._settings.url} is not connected")
        return self._session

    def _place(self, address: str) -> tuple[int, str]:
        gateway, _, behind = address.partition("/")
        line, _, target = behind.partition("/")
        if gateway != self._settings.gateway or not line.isdecimal():
            raise UnreachableError(f"{address} is not behind {self._settings.gateway}")
        return int(line), target

    async def _keep_connected(self) -> None:
        pause_s = self._settings.reconnect_first_s
        while True:
            try:
                await self._connect_once()
                pause_s = self._settings.reconnect_first_s
            except (OSError, TimeoutError, WebSocketException) as error:
                log.info("%s is away: %s", self._settings.url, error)
            except Exception:
                log.exception("session with %s failed", self._settings.url)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, RECONNECT_MAX_S)

    async def _connect_once(self) -> None:
        """One connection, until it ends."""
        async with connect(
            self._settings.socket_url,
            ping_interval=PING_EVERY_S,
            max_size=MESSAGE_BYTES_MAX,
            open_timeout=ANSWER_TIMEOUT_S,
            compression=None,  # messages are short, gateways slow
        ) as socket:
            session = await Session.begin(socket, self._rest, self._tell, self._settings.limits)
            self._session = session
            try:
                await session.run()
            finally:
                self._session = None

    async def _tell(self, line: int, address: int, port: int, payload: bytes) -> None:
        topic = f"{TOPIC_WORD}/{self._settings.gateway}/{line}/{address}"
        await self._spool.put(Frame(topic, bytes([port]) + payload, self._now()))
