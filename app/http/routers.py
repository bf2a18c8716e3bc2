"""Every router of the API, in the order of the description."""

from collections.abc import Sequence

from fastapi import APIRouter

from app.http import stream
from app.views import overview, tiles
from kit.access import routes as access
from lighting.control import routes as control
from schedules import routes as schedules

ROUTERS: Sequence[APIRouter] = (
    access.router,
    overview.router,
    tiles.router,
    schedules.router,
    control.router,
    stream.router,
)
