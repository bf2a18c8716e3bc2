"""Our OSLP platform: devices connect to register and to tell events; orders are brought to them.

Devices are known by their public key; what is not signed with it is not heard. Source: OSGP's
protocol adapter (ports 12122 for the platform, 12121 on devices).
"""

import asyncio
import logging
import secrets
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from drivers.contract import Frame, PortFrame
from drivers.errors import DecodeError, LinkError, RefusedByDeviceError, UnreachableError
from drivers.oslp import messages
from drivers.oslp.connection import (
    ANSWER_S_MAX,
    IDLE_S_MAX,
    close,
    read_envelope,
    unreachable,
    write_envelope,
)
from drivers.oslp.driver import QUESTIONS, frame_of
from drivers.oslp.envelope import Envelope, PrivateKey, PublicKey, is_genuine
from drivers.oslp.meaning import PORTS
from drivers.oslp.sessions import SEQUENCE_WINDOW, Session, SessionStore, following, is_next
from drivers.oslp.values import STATUS_NAMES, STATUS_OK, time_text
from drivers.spool import Spool, SpooledBatch

log = logging.getLogger(__name__)

TOPIC_WORD = "oslp"
CONNECTIONS_MAX = 1000
RANDOM_BITS = 16
ASKED_AT_ONCE_MAX = 8


@dataclass(frozen=True, slots=True)
class OslpSettings:
    """One platform. `name` is the second word of the network's name, as in `oslp:<name>`; `keys`
    are the devices' public keys by device identifier (24 hexadecimal digits). Devices tell events
    only: each is asked for its level and its meter every `ask_every`."""

    name: str
    private_key: PrivateKey = field(repr=False)
    keys: Mapping[str, PublicKey] = field(repr=False)
    host: str = "0.0.0.0"
    port: int = 12_122
    device_port: int = 12_121
    server_tls: ssl.SSLContext | None = None
    client_tls: ssl.SSLContext | None = None
    ask_every: timedelta = timedelta(minutes=15)


class OslpLink:
    """The platform of one network. Use as an async context manager."""

    def __init__(
        self,
        settings: OslpSettings,
        now: Callable[[], datetime],
        *,
        store: SessionStore,
        is_known: Callable[[str], bool],
    ) -> None:
        self._settings = settings
        self._now = now
        self._store = store
        self._is_known = is_known
        self._spool = Spool()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[Any]] = set()
        self._one_at_a_time: dict[str, asyncio.Lock] = {}
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "OslpLink":
        self._server = await asyncio.start_server(
            self._serve, self._settings.host, self._settings.port, ssl=self._settings.server_tls
        )
        self._asking = asyncio.create_task(
            self._keep_asking(), name=f"asking {self._settings.name}"
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [*self._connections, *filter(None, [self._asking])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        assert self._server is not None
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[SpooledBatch]:
        """What devices say, in batches; events are answered once a batch is acknowledged."""
        return self._spool.batches(max_count, max_wait)

    async def send(
        self, address: str, frame: PortFrame, *, order_id: str, expires_at: datetime | None
    ) -> None:
        """Return once the device took the order; raises `LinkError`.

        What it took, or answered, comes as a frame. `order_id` is not needed: OSLP answers at once.
        """
        if expires_at is not None and expires_at <= self._now():
            raise RefusedByDeviceError(f"the order expired at {expires_at.isoformat()}")
        async with self._lock(address):
            session = await self._store.get(address)
            if session is None or not session.is_confirmed or not self._is_known(address):
                raise UnreachableError(f"{address} is not registered")
            session = replace(session, number=following(session.number))
            await self._store.put(session)  # before it is used: a number is never used twice
            answer = await self._exchange(session, frame.payload)
        said = _told_by(frame, answer)
        if said.port in PORTS:
            await self._put(address, said)

    async def _keep_asking(self) -> None:
        """Ask every device in turn, some at once; one that is away holds nobody up."""
        while True:
            await asyncio.sleep(self._settings.ask_every.total_seconds())
            room = asyncio.Semaphore(ASKED_AT_ONCE_MAX)
            await asyncio.gather(*(self._ask(one, room) for one in self._settings.keys))

    async def _ask(self, device_id: str, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                for question in QUESTIONS:
                    await self.send(device_id, question, order_id="", expires_at=None)
            except LinkError as error:
                log.debug("%s: %s", device_id, error)

    def _lock(self, device_id: str) -> asyncio.Lock:
        return self._one_at_a_time.setdefault(device_id, asyncio.Lock())

    async def _exchange(self, session: Session, message: bytes) -> bytes:
        """The device's answer, genuine and to this question; raises `LinkError`."""
        settings = self._settings
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                reader, writer = await asyncio.open_connection(
                    session.host, settings.device_port, ssl=settings.client_tls
                )
        except (OSError, TimeoutError) as error:
            raise unreachable(session.device_id, error) from error
        try:
            envelope = Envelope(session.number, session.device_id, message)
            await write_envelope(writer, envelope, settings.private_key)
            answer = await read_envelope(reader, ANSWER_S_MAX)
        except (OSError, TimeoutError, DecodeError) as error:
            raise unreachable(session.device_id, error) from error
        finally:
            await close(writer)
        if answer is None:
            raise UnreachableError(f"{session.device_id} ended the connection")
        key = settings.keys[session.device_id]
        if answer[:2] != envelope[:2] or not is_genuine(answer, key):
            raise UnreachableError(f"{session.device_id}: another answered")
        return answer.message

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one device until it ends the connection."""
        task = asyncio.current_task()
        if task is None or len(self._connections) >= CONNECTIONS_MAX:
            await close(writer)
            return
        self._connections.add(task)
        try:
            while envelope := await read_envelope(reader, IDLE_S_MAX):
                answer = await self._answer(envelope, writer.get_extra_info("peername")[0])
                if answer is None:
                    return
                said = Envelope(envelope.sequence_number, envelope.device_id, answer.payload)
                await write_envelope(writer, said, self._settings.private_key)
        except (DecodeError, TimeoutError, ConnectionError) as error:
            log.info("oslp connection ended", extra={"why": str(error) or type(error).__name__})
        finally:
            self._connections.discard(task)
            await close(writer)

    async def _answer(self, envelope: Envelope, host: str) -> PortFrame | None:
        """What to say to a device; None when it is better not to."""
        key = self._settings.keys.get(envelope.device_id)
        if key is None or not is_genuine(envelope, key):
            log.warning("oslp message not genuine", extra={"device_id": envelope.device_id})
            return None
        message = messages.parse(envelope.message)
        kind = messages.kind_of(message)
        async with self._lock(envelope.device_id):
            if kind == "register_device_request":
                return await self._register(envelope, message, host)
            session = await self._store.get(envelope.device_id)
            if session is None:
                return None
            if kind == "confirm_register_device_request":
                return await self._confirm(envelope, message, session)
            if kind == "event_notification_request" and session.is_confirmed:
                return await self._note(envelope, session)
        return None

    async def _register(self, envelope: Envelope, message: Any, host: str) -> PortFrame | None:
        said = message.register_device_request
        known = self._is_known(envelope.device_id)
        await self._put(envelope.device_id, PortFrame(_REGISTER, envelope.message))
        if not known:
            return None
        session = Session(
            device_id=envelope.device_id,
            host=host,
            number=envelope.sequence_number,
            random_device=said.random_device,
            random_platform=secrets.randbits(RANDOM_BITS),
            is_confirmed=False,
            heard_at=self._now(),
        )
        await self._store.put(session)
        answer = messages.Message()
        answer.register_device_response.status = STATUS_OK
        answer.register_device_response.current_time = time_text(self._now())
        answer.register_device_response.random_device = session.random_device
        answer.register_device_response.random_platform = session.random_platform
        return frame_of(answer)

    async def _confirm(
        self, envelope: Envelope, message: Any, session: Session
    ) -> PortFrame | None:
        said = message.confirm_register_device_request
        agreed = (session.random_device, session.random_platform)
        if (said.random_device, said.random_platform) != agreed:
            return None
        if not is_next(session.number, envelope.sequence_number):
            return None
        await self._store.put(
            replace(
                session, number=envelope.sequence_number, is_confirmed=True, heard_at=self._now()
            )
        )
        answer = messages.Message()
        answer.confirm_register_device_response.status = STATUS_OK
        answer.confirm_register_device_response.random_device = session.random_device
        answer.confirm_register_device_response.random_platform = session.random_platform
        answer.confirm_register_device_response.sequence_window = SEQUENCE_WINDOW
        return frame_of(answer)

    async def _note(self, envelope: Envelope, session: Session) -> PortFrame | None:
        """Events: answered once stored; told again, they are answered again."""
        number, digest = envelope.sequence_number, sha256(envelope.message).hexdigest()
        is_repeated = number == session.number and digest == session.noted
        if not is_repeated:
            # The same number with other words: device and platform spoke at the same time.
            if number != session.number and not is_next(session.number, number):
                log.warning("oslp number refused", extra={"device_id": envelope.device_id})
                return None
            said = PortFrame(_NOTIFY, envelope.message)
            await self._spool.put_and_wait(self._frame(envelope.device_id, said))
            now = self._now()
            await self._store.put(replace(session, number=number, heard_at=now, noted=digest))
        answer = messages.Message()
        answer.event_notification_response.status = STATUS_OK
        return frame_of(answer)

    async def _put(self, device_id: str, said: PortFrame) -> None:
        await self._spool.put(self._frame(device_id, said))

    def _frame(self, device_id: str, said: PortFrame) -> Frame:
        topic = f"{TOPIC_WORD}/{self._settings.name}/{device_id}/{said.port}"
        return Frame(topic, said.payload, self._now())


_REGISTER = messages.NUMBERS["register_device_request"]
_NOTIFY = messages.NUMBERS["event_notification_request"]


def _told_by(order: PortFrame, answer: bytes) -> PortFrame:
    """What a device's answer tells: its values, or that it took the order; raises `LinkError`."""
    try:
        message = messages.parse(answer)
        kind = messages.kind_of(message)
    except DecodeError as error:
        raise RefusedByDeviceError(f"the answer cannot be read: {error}") from error
    if messages.NUMBERS[kind] != order.port + 1:  # every answer follows its question's number
        raise RefusedByDeviceError(f"{kind} in answer to message {order.port}")
    status = getattr(message, kind).status
    if status != STATUS_OK:
        raise RefusedByDeviceError(f"the device says: {STATUS_NAMES.get(status, status)}")
    has_values = len(getattr(message, kind).ListFields()) > 1
    return PortFrame(order.port + 1, answer) if has_values else order
