"""Assembles the web application: every folder's router under /api/v1, health and the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic.script import ScriptDirectory
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from app.hearing import build_ingests
from app.http import console, health, stream
from app.http.metrics import MetricsMiddleware
from app.http.routers import ROUTERS
from app.views.series_context import series_context
from app.views.tiles import LightsNow
from app.views.work_of_alarms import work_of_alarms
from gmao.indicators.service import delays
from kit.http import problems
from kit.http.correlation import CorrelationMiddleware
from kit.http.state import KitState
from lighting.ingest.directory import Directory
from lighting.registry.tiles.service import MapMemory
from migrations import run

API_PREFIX = "/api/v1"
GZIP_SIZE_MIN = 1024


def schema_revision() -> str | None:
    """The newest migration this code carries."""
    return ScriptDirectory.from_config(run.config("postgresql://")).get_current_head()


def create_app(state: KitState) -> FastAPI:
    """The web application on the given parts; it closes the database pool when it ends."""

    hub = stream.Hub(state.database)
    map_memory = MapMemory(state.database, LightsNow())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await hub.close()
        await map_memory.close()
        await state.database.close()

    app = FastAPI(
        title="Réverbère",
        summary="Public lighting: telemanagement, maintenance, energy.",
        version="1",
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.kit = state
    app.state.hub = hub
    app.state.map_memory = map_memory
    app.state.series_context = series_context
    app.state.work_of_alarms = work_of_alarms
    app.state.intervention_delays = delays
    app.state.ingests = build_ingests(Directory())
    app.state.schema_revision = schema_revision()
    problems.install(app)
    api = APIRouter(prefix=API_PREFIX)
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    app.include_router(health.router)
    console.mount_console(app)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_SIZE_MIN)
    app.add_middleware(MetricsMiddleware)
    app.add_middleware(CorrelationMiddleware)
    return app
