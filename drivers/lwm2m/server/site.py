"""What devices may ask of us: register, update, deregister (`/rd`), and send values (`/dp`)."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import aiocoap
from aiocoap import error, resource
from aiocoap.numbers.codes import Code

from drivers.errors import DecodeError
from drivers.lwm2m.content import BODY_BYTES_MAX
from drivers.lwm2m.registering import Request, parse_request
from drivers.lwm2m.server.exchange import address_of

REGISTRY = "rd"
SEND = "dp"
_BLOCK_BYTES_MAX = 1024


class Caller(NamedTuple):
    """Who asks: its address, and the endpoint its protection is bound to, None without one."""

    host: str
    port: int
    endpoint: str | None
    remote: Any


class Desk(Protocol):
    """Decides on what devices ask; raises `aiocoap.error.RenderableError` to refuse."""

    async def register(
        self, caller: Caller, query: Sequence[str], links: str, said: Request
    ) -> str:
        """The location of the new registration."""

    async def update(
        self, caller: Caller, location: str, query: Sequence[str], links: str, said: Request
    ) -> None:
        """Note that a registered device lives, and what has changed."""

    async def deregister(self, caller: Caller, location: str) -> None:
        """Forget a registration."""

    async def take_sent(self, caller: Caller, form: int, body: bytes) -> None:
        """Return once the values a device kept for us are stored."""


class Site(resource.Resource):  # type: ignore[misc]
    """Our side of the registration and reporting interfaces (TS Core 1.1, 6.2 and 6.4)."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def needs_blockwise_assembly(self, request: Any) -> bool:
        """Yes, up to a size: what would be larger is refused before it is gathered."""
        block = request.opt.block1
        if block is not None and block.start + _BLOCK_BYTES_MAX > BODY_BYTES_MAX:
            raise error.RequestEntityTooLarge
        return True

    async def render(self, request: Any) -> Any:
        """The answer to one request."""
        segments = request.opt.uri_path
        match segments, request.code:
            case (place,), Code.POST if place == REGISTRY:
                return await self._register(request)
            case (place, location), Code.POST | Code.PUT if place == REGISTRY:
                query, links, said = _said(request)
                await self._desk.update(_caller(request), location, query, links, said)
                return aiocoap.Message(code=Code.CHANGED)
            case (place, location), Code.DELETE if place == REGISTRY:
                await self._desk.deregister(_caller(request), location)
                return aiocoap.Message(code=Code.DELETED)
            case (place,), Code.POST if place == SEND:
                form = request.opt.content_format
                if form is None:
                    raise error.UnsupportedContentFormat
                await self._desk.take_sent(_caller(request), int(form), request.payload)
                return aiocoap.Message(code=Code.CHANGED)
            case (((place,) | (place, _)), _) if place in (REGISTRY, SEND):
                raise error.MethodNotAllowed
            case _:
                raise error.NotFound

    async def _register(self, request: Any) -> Any:
        query, links, said = _said(request)
        location = await self._desk.register(_caller(request), query, links, said)
        return aiocoap.Message(code=Code.CREATED, location_path=(REGISTRY, location))


def _said(request: Any) -> tuple[Sequence[str], str, Request]:
    query = tuple(request.opt.uri_query)
    try:
        links = request.payload.decode("utf-8")
        return query, links, parse_request(query, links)
    except (DecodeError, UnicodeDecodeError) as wrong:
        raise error.BadRequest(str(wrong)) from wrong


def _caller(request: Any) -> Caller:
    host, port = address_of(request.remote)
    protection = getattr(request.remote, "security_context", None)
    return Caller(host, port, getattr(protection, "endpoint", None), request.remote)
