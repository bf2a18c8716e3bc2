"""A correlation id for every request: the client's when it sends a sane one, else a new one."""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.log import correlated

HEADER = b"x-correlation-id"
_SANE = re.compile(r"^[A-Za-z0-9._:-]{8,64}$")


class CorrelationMiddleware:
    """Binds the correlation id while a request is served and returns it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"").decode("latin-1")
        with correlated(given if _SANE.match(given) else None) as identifier:
            # Starlette's outermost error handler answers after this block: it reads the scope.
            scope.setdefault("state", {})["correlation_id"] = identifier

            async def send_with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"].append((HEADER, identifier.encode()))
                await send(message)

            await self._app(scope, receive, send_with_id)
