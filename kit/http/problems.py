"""Errors as problem documents (RFC 9457): the one place where a refusal becomes a status."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException

from kit.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooManyError,
    UnauthorisedError,
    UnavailableError,
)
from kit.log import correlated, correlation_id, get_logger

MEDIA_TYPE = "application/problem+json"
STATUS_BY_FAMILY: Mapping[type[DomainError], int] = {
    InvalidInputError: 422,
    UnauthorisedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    TooManyError: 429,
    UnavailableError: 503,
}

log = get_logger()


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal, by its family; 400 for a family without one."""
    return next(
        (STATUS_BY_FAMILY[kind] for kind in type(error).__mro__ if kind in STATUS_BY_FAMILY), 400
    )


def problem(
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem document; `type` is a stable URN made of the code."""
    document = {
        **(extra or {}),
        "type": f"urn:reverbere:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "correlation_id": correlation_id(),
    }
    return Response(
        orjson.dumps(document, default=str), status, dict(headers or {}), media_type=MEDIA_TYPE
    )


async def _on_domain_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    status = status_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return problem(
        status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        extra=error.extra,
        headers=headers,
    )


async def _on_malformed(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]}
        for one in error.errors()
    ]
    return problem(
        422,
        code="invalid_input",
        title="The input is not valid",
        detail="; ".join(f"{one['where']}: {one['what']}" for one in errors[:5]),
        extra={"errors": errors},
    )


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return problem(
        error.status_code,
        code=code,
        title=str(error.detail),
        detail="see the API description at /api/v1/openapi.json",
        headers=error.headers,
    )


async def _on_database_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.warning("database not reachable", error=str(error.orig))
        return problem(
            503,
            code="unavailable",
            title="Not available now",
            detail="the database does not answer; nothing was changed, try again in a moment",
        )
    log.exception("database error", exc_info=error)
    return _internal()


async def _on_any(request: Request, error: Exception) -> Response:
    identifier = getattr(request.state, "correlation_id", None)
    with correlated(identifier):
        log.exception("request failed", exc_info=error)
        return _internal()


def _internal() -> Response:
    return problem(
        500,
        code="internal_error",
        title="Something went wrong on our side",
        detail="nothing was changed; give the correlation id to your administrator",
    )


def install(app: FastAPI) -> None:
    """Answer every error of the application as a problem document."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(Exception, _on_any)
