"""Every router of the API, in the order of the description."""

from collections.abc import Sequence

from fastapi import APIRouter

from app.http import stream
from app.views import overview
from kit.access import routes as access
from schedules import routes as schedules

ROUTERS: Sequence[APIRouter] = (
    access.router,
    overview.router,
    schedules.router,
    stream.router,
)
