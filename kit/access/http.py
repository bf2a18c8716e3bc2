"""Who is calling: read from the bearer token of a request."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from kit.access import service
from kit.access.model import Caller, Role
from kit.errors import UnauthorisedError
from kit.http.dependencies import SessionDep
from kit.http.state import kit_state

TOKEN_PATH = "/api/v1/auth/token"
_bearer = OAuth2PasswordBearer(tokenUrl=TOKEN_PATH, auto_error=False)


async def current_caller(
    request: Request, session: SessionDep, token: Annotated[str | None, Depends(_bearer)]
) -> Caller:
    """The caller named by the request's bearer token, with the roles held now."""
    if token is None:
        raise UnauthorisedError(f"send a bearer token; get one from POST {TOKEN_PATH}")
    return await service.caller_of(session, kit_state(request).tokens.read(token))


CurrentCaller = Annotated[Caller, Depends(current_caller)]


def requires(role: Role) -> object:
    """A route dependency: refuse callers who hold the role nowhere. Services check where."""

    async def check(caller: CurrentCaller) -> None:
        caller.require_anywhere(role)

    return Depends(check)
