"""One UDP socket on which devices ask us and we ask them: aiocoap, with three habits of its own.

A confirmable notification is acknowledged when it is stored, not when it is read: what dies with us
before is sent again. Every notification reaches us, where aiocoap's iterators keep the latest only.
A notification is known by its token, so that a device whose address a NAT changed is still heard.
This is the one place that reaches into aiocoap.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiocoap
from aiocoap import error as coap_error
from aiocoap.credentials import CredentialsMap
from aiocoap.messagemanager import MessageManager
from aiocoap.numbers.codes import Code
from aiocoap.pipe import Pipe
from aiocoap.protocol import Context
from aiocoap.tokenmanager import TokenManager
from aiocoap.transports.oscore import OSCOREAddress, TransportOSCORE
from aiocoap.transports.udp6 import MessageInterfaceUDP6

from drivers.errors import RefusedByDeviceError, UnreachableError
from drivers.lwm2m.paths import Path

TOKEN_BYTES = 8
# What a kilobyte may take on its way to a device at the edge of a cell.
BLOCK_S_MAX = 10.0


class _Messages(MessageManager):  # type: ignore[misc]
    """Holds back the acknowledgement of a message whose reader asks for it."""

    _hold: "asyncio.Future[Any] | None" = None

    def hold(self, stored: "asyncio.Future[Any]") -> None:
        """To be called while a message is handed over: acknowledge it once this is done."""
        self._hold = stored

    def dispatch_message(self, message: Any) -> None:
        self._hold = None
        super().dispatch_message(message)
        self._hold = None

    def _send_empty_ack(self, remote: Any, mid: int, reason: str) -> None:
        stored = self._hold
        if stored is None:
            super()._send_empty_ack(remote, mid, reason)
            return

        def acknowledge(done: "asyncio.Future[Any]") -> None:
            is_stored = not done.cancelled() and done.exception() is None
            if is_stored and self._active_exchanges is not None:
                super(_Messages, self)._send_empty_ack(remote, mid, reason)

        stored.add_done_callback(acknowledge)


class _Tokens(TokenManager):  # type: ignore[misc]
    """Tokens nobody guesses, by which a notification is known wherever it comes from."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.observed: dict[bytes, Pipe] = {}

    def next_token(self) -> bytes:
        return secrets.token_bytes(TOKEN_BYTES)

    def process_response(self, response: Any) -> bool:
        moved = self.observed.get(response.token)
        if moved is not None and (response.token, response.remote) not in self.outgoing_requests:
            moved.add_response(response, is_last=response.opt.observe is None)
            return True
        is_known: bool = super().process_response(response)
        return is_known


class Exchange:
    """The socket, and what can be asked by it. Use as an async context manager."""

    def __init__(self, site: Any, host: str, port: int, patience: timedelta) -> None:
        self._site = site
        self._patience_s = patience.total_seconds()
        self._bind = (_mapped(host), port)
        self._context: Any = None
        self._messages: Any = None
        self._tokens: Any = None

    async def __aenter__(self) -> "Exchange":
        loop = asyncio.get_running_loop()
        self._context = Context(loop, self._site, "lwm2m", CredentialsMap(), CredentialsMap())
        self._tokens = _Tokens(self._context)
        self._messages = _Messages(self._tokens)
        transport = await MessageInterfaceUDP6.create_server_transport_endpoint(
            self._messages, log=self._context.log, loop=loop, bind=self._bind, multicast=[]
        )
        self._messages.message_interface = transport
        self._tokens.token_interface = self._messages
        protected = TransportOSCORE(self._context, self._context)
        self._context.request_interfaces.extend((protected, self._tokens))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._tokens.observed.clear()
        await self._context.shutdown()

    @property
    def port(self) -> int:
        """The port it listens on."""
        transport = self._messages.message_interface.transport
        number: int = transport.get_extra_info("socket").getsockname()[1]
        return number

    async def remote_of(self, host: str, port: int) -> Any:
        """The address of a device as messages carry it."""
        message = aiocoap.Message(code=aiocoap.GET)
        message.unresolved_remote = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        await self._tokens.fill_or_recognize_remote(message)
        return message.remote

    async def ask(
        self,
        remote: Any,
        code: Code,
        path: Path,
        body: bytes = b"",
        form: int | None = None,
        accept: int | None = None,
        query: Sequence[str] = (),
    ) -> Any:
        """The device's answer, whole; raises `LinkError` when there is none, or a refusal."""
        message = aiocoap.Message(code=code, payload=body, uri_path=_segments(path))
        message.opt.uri_query = tuple(query)
        message.opt.content_format = form
        message.opt.accept = accept
        message.remote = remote
        # A device may acknowledge a question and never answer it.
        patience_s = self._patience_s + len(body) / 1024 * BLOCK_S_MAX
        try:
            async with asyncio.timeout(patience_s):
                answer = await self._context.request(message).response
        except (coap_error.Error, OSError, TimeoutError) as error:
            raise UnreachableError(f"{path}: {_why(error)}") from error
        if not answer.code.is_successful():
            said = answer.payload[:200].decode("utf-8", "replace")
            raise RefusedByDeviceError(f"{path}: {answer.code} {said}".rstrip())
        return answer

    def hold(self, stored: "asyncio.Future[Any]") -> None:
        """Acknowledge the message that is being handed over once `stored` is done."""
        self._messages.hold(stored)

    def watch(self, remote: Any, path: Path, accept: int | None, listener: "Listener") -> "Watch":
        """Ask for notifications of `path`: `listener` is called with each message, at once."""
        message = aiocoap.Message(code=aiocoap.GET, uri_path=_segments(path))
        message.opt.observe = 0
        message.opt.accept = accept
        protection = None
        if isinstance(remote, OSCOREAddress):
            context, remote = remote.security_context, remote.underlying_address
            message, request_id = context.protect(message)
            protection = (context, request_id)
        message.remote = remote
        pipe = Pipe(message, self._context.log)
        watch = Watch(pipe, protection, listener, self._tokens.observed)
        self._tokens.request(pipe)
        watch.begin()
        return watch


Listener = Callable[[Any], bool]
"""Takes a message, None when there will be no more; whether it wants more."""


class Watch:
    """One observation under way."""

    def __init__(
        self, pipe: Pipe, protection: Any, listener: Listener, observed: dict[bytes, Pipe]
    ) -> None:
        self._pipe = pipe
        self._protection = protection
        self._listener = listener
        self._observed = observed
        self._is_over = False
        self._stop = pipe.on_event(self._hear)

    def begin(self) -> None:
        """From here on notifications are known by their token."""
        if not self._is_over:
            self._observed[self._pipe.request.token] = self._pipe

    def end(self) -> None:
        """Listen no more: the next notification is answered with a reset, which ends it."""
        self._forget()
        self._stop()

    def _forget(self) -> None:
        self._is_over = True
        self._observed.pop(self._pipe.request.token, None)

    def _hear(self, event: Any) -> bool:
        message = event.message
        if message is not None and self._protection is not None:
            message = self._unprotected(message)
            if message is None and not event.is_last:
                return True
        goes_on = self._listener(message) and not event.is_last
        if not goes_on:
            self._forget()
        return goes_on

    def _unprotected(self, message: Any) -> Any:
        """What the message says; None when it is not the device's, or was tampered with."""
        context, request_id = self._protection
        with suppress(aiocoap.oscore.ProtectionInvalid, aiocoap.oscore.NotAProtectedMessage):
            plain, _ = context.unprotect(message, request_id)
            plain.remote = OSCOREAddress(context, message.remote)
            return plain
        return None


def _segments(path: Path) -> tuple[str, ...]:
    return tuple(str(part) for part in path.parts)


def _why(error: BaseException) -> str:
    if isinstance(error, coap_error.TimeoutError | TimeoutError):
        return "no answer"
    return str(error) or type(error).__name__


def _mapped(host: str) -> str:
    """An IPv4 address as the one IPv6 socket sees it."""
    return host if ":" in host else f"::ffff:{host}" if host != "0.0.0.0" else "::"


def address_of(remote: Any) -> tuple[str, int]:
    """Host and port a message came from."""
    if isinstance(remote, OSCOREAddress):
        remote = remote.underlying_address
    host, port = remote.sockaddr[:2]
    return str(host).removeprefix("::ffff:"), int(port)
