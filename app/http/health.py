"""Liveness, readiness and metrics, for orchestrators and Prometheus."""

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from kit.errors import UnavailableError
from kit.http.state import kit_state

router = APIRouter(tags=["health"])


class HealthAnswer(BaseModel):
    status: str = "ok"


class NotReadyError(UnavailableError):
    """The process runs, but cannot serve yet."""

    code = "not_ready"
    title = "Not ready"


@router.get("/health/live")
async def live() -> HealthAnswer:
    """The process answers."""
    return HealthAnswer()


@router.get("/health/ready")
async def ready(request: Request) -> HealthAnswer:
    """The process can serve: the database answers and its schema is the one this code needs."""
    async with kit_state(request).database.session() as session:
        revision = await session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if revision != request.app.state.schema_revision:
        raise NotReadyError(
            f"the database is at schema {revision}, this program needs "
            f"{request.app.state.schema_revision}; run: reverbere migrate"
        )
    return HealthAnswer()


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Counters and gauges in Prometheus' text form; totals only, nothing about one place."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
