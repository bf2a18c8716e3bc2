"""Every router of the API, in the order of the description."""

from collections.abc import Sequence

from fastapi import APIRouter

from app.http import stream
from app.views import gateways, light_points, networks, overview, tiles
from gmao.clocks import routes as clocks
from gmao.crews import routes as crews
from gmao.failures import routes as failures
from gmao.indicators import routes as indicators
from gmao.stock import routes as stock
from gmao.workorders import routes as workorders
from kit.access import routes as access
from lighting.cabinets import routes as cabinets
from lighting.commissioning import routes as commissioning
from lighting.contracts import routes as contracts
from lighting.control import routes as control
from lighting.energy import routes as energy
from lighting.faults import routes as faults
from lighting.firmware import routes as firmware
from lighting.ingest import routes as ingest
from lighting.networks import routes as field_networks
from lighting.radio import routes as radio
from lighting.registry import routes as registry
from lighting.reporting import routes as reporting
from lighting.sensors import routes as sensors
from lighting.solar import routes as solar
from lighting.telemetry import routes as telemetry
from schedules import routes as schedules

ROUTERS: Sequence[APIRouter] = (
    access.router,
    overview.router,
    light_points.router,
    tiles.router,
    registry.router,
    cabinets.router,
    networks.router,
    gateways.router,
    field_networks.router,
    telemetry.router,
    ingest.router,
    commissioning.router,
    firmware.router,
    sensors.router,
    solar.router,
    faults.router,
    schedules.router,
    control.router,
    radio.router,
    workorders.router,
    crews.router,
    failures.router,
    stock.router,
    indicators.router,
    clocks.router,
    energy.router,
    contracts.router,
    reporting.router,
    stream.router,
)
