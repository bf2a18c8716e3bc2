"""Maintenance served to tests: a small application with its routes, and who calls it."""

from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from gmao.clocks import routes as clocks
from gmao.crews import routes as crews
from gmao.failures import routes as failures
from gmao.indicators import routes as indicators
from gmao.stock import routes as stock
from gmao.workorders import routes as workorders
from kit.access.model import Caller
from kit.access.tokens import Tokens
from kit.clock import Clock
from kit.db import Database
from kit.http import problems
from kit.http.state import KitState
from kit.settings import Settings
from tests.gmao.city import City

MAINTENANCE = (workorders, crews, stock, failures, indicators, clocks)
TOKENS = Tokens("k" * 32, timedelta(hours=1))


def serve(database: Database, clock: Clock) -> FastAPI:
    """An application that holds the routes of maintenance and nothing else."""
    app = FastAPI()
    app.state.kit = KitState(Settings(), database, clock, TOKENS)
    problems.install(app)
    for routes in MAINTENANCE:
        app.include_router(routes.router)
    return app


def by(caller: Caller, key: str | None = None) -> dict[str, str]:
    """The headers of somebody's request."""
    assert caller.user_id is not None
    headers = {"Authorization": f"Bearer {TOKENS.issue(caller.user_id)}"}
    return headers | ({"Idempotency-Key": key} if key else {})


async def report(
    client: httpx.AsyncClient, city: City, light: int, key: str | None = None
) -> dict[str, Any]:
    answer = await client.post(
        "/work-orders",
        json={"light_point_id": str(city.light_ids[light]), "title": "Mât penché", "urgency": "U2"},
        headers=by(city.dispatcher, key),
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
