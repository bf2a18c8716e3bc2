"""Pages, problems, correlation ids and idempotency keys, over a small application."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from kit.access import service
from kit.access.http import CurrentCaller
from kit.access.model import Caller
from kit.access.tokens import Tokens
from kit.clock import FixedClock
from kit.db import Database
from kit.errors import ConflictError, InvalidInputError
from kit.http import ClockDep, Page, PageQuery, SessionDep, encode_cursor, page_of, problems
from kit.http.correlation import CorrelationMiddleware
from kit.http.idempotency import IdempotencyKey, idempotent
from kit.http.state import KitState
from kit.ids import new_id
from kit.settings import Settings

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
TOKENS = Tokens("k" * 32, timedelta(hours=1))


class Thing(BaseModel):
    name: str


class Made(BaseModel):
    id: UUID
    name: str


class LampIsLockedError(ConflictError):
    code = "lamp_is_locked"
    title = "This lamp is locked out"


def build(database: Database) -> FastAPI:
    app = FastAPI()
    app.state.kit = KitState(Settings(), database, FixedClock(AT), TOKENS)
    problems.install(app)
    app.add_middleware(CorrelationMiddleware)

    @app.get("/things")
    async def things(page: PageQuery) -> Page[int]:
        after = page.after(tuple[int])
        first = 0 if after is None else after[0] + 1
        rows = range(first, min(first + page.limit + 1, 5))
        return page_of(rows, page, key=lambda row: (row,), shape=lambda row: row)

    @app.post("/things", status_code=201)
    async def make(
        session: SessionDep,
        clock: ClockDep,
        caller: CurrentCaller,
        body: Thing,
        key: IdempotencyKey = None,
    ) -> Made:
        async def work() -> Made:
            return Made(id=new_id(), name=body.name)

        return await idempotent(
            session,
            caller,
            key,
            route="things.make",
            request=body,
            at=clock.now(),
            work=work,
            answer_type=Made,
        )

    @app.get("/locked")
    async def locked() -> None:
        raise LampIsLockedError("release the lock-out first", light_point="PL-12")

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret detail")

    return app


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(database), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def signed_in(client: httpx.AsyncClient, database: Database) -> httpx.AsyncClient:
    async with database.session() as session:
        account = await service.create_account(
            session,
            Caller.system("test"),
            at=AT,
            email=f"{new_id()}@example.org",
            display_name="Someone",
            password="a long enough password",
            roles=[],
        )
    client.headers["Authorization"] = f"Bearer {TOKENS.issue(account.id)}"
    return client


async def test_pages_follow_each_other_to_the_end(client: httpx.AsyncClient) -> None:
    found: list[int] = []
    cursor: str | None = None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/things", params=params)).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("cursor", ["%%%", "AAAA", encode_cursor(["text"]), encode_cursor([1, 2])])
async def test_a_cursor_of_someone_else_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/things", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_a_page_size_has_limits(client: httpx.AsyncClient, limit: str) -> None:
    assert (await client.get("/things", params={"limit": limit})).status_code == 422


async def test_a_refusal_is_a_problem_document(client: httpx.AsyncClient) -> None:
    answer = await client.get("/locked", headers={"X-Correlation-Id": "from-the-client"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-correlation-id"] == "from-the-client"
    assert answer.json() == {
        "type": "urn:reverbere:problem:lamp_is_locked",
        "title": "This lamp is locked out",
        "status": 409,
        "detail": "release the lock-out first",
        "code": "lamp_is_locked",
        "correlation_id": "from-the-client",
        "light_point": "PL-12",
    }


async def test_an_accident_tells_nothing_but_its_correlation_id(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["correlation_id"]


async def test_unknown_addresses_are_problem_documents_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_calls_without_a_token_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things", json={"name": "lamp"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_same_key_makes_one_thing(signed_in: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "retry-me-1"}

    async def post() -> httpx.Response:
        return await signed_in.post("/things", json={"name": "lamp"}, headers=headers)

    answers = await asyncio.gather(*(post() for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_key_does_not_serve_another_request(signed_in: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "retry-me-2"}
    await signed_in.post("/things", json={"name": "lamp"}, headers=headers)
    answer = await signed_in.post("/things", json={"name": "mast"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_every_family_of_refusal_has_its_status() -> None:
    assert problems.status_of(InvalidInputError("x")) == 422
    assert problems.status_of(LampIsLockedError("x")) == 409
