"""The registry over HTTP: the routes of all its parts."""

from fastapi import APIRouter

from lighting.registry.assets import routes as assets
from lighting.registry.equipment import routes as equipment
from lighting.registry.gateways import routes as gateways
from lighting.registry.imports import routes as imports
from lighting.registry.installations import routes as installations
from lighting.registry.light_points import routes as light_points
from lighting.registry.network import routes as network

router = APIRouter()
for _part in (light_points, installations, network, equipment, gateways, assets, imports):
    router.include_router(_part.router)
