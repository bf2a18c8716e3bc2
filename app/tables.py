"""Every table module, so that the metadata is whole when migrations are compared with it."""

import importlib
from contextlib import suppress

from kit.db import metadata

TABLE_MODULES = (
    "kit.access.tables",
    "kit.http.tables",
    "kit.outbox.tables",
    "lighting.registry.tables",
    "lighting.registry.equipment.tables",
    "lighting.registry.gateways.tables",
    "lighting.registry.imports.tables",
    "lighting.networks.tables",
    "schedules.tables",
    "lighting.telemetry.tables",
    "lighting.faults.tables",
    "lighting.energy.tables",
    "lighting.solar.tables",
    "lighting.control.tables",
    "lighting.cabinets.tables",
    "lighting.radio.tables",
    "lighting.commissioning.tables",
    "lighting.sensors.tables",
    "lighting.firmware.tables",
    "lighting.contracts.tables",
    "lighting.reporting.tables",
    "gmao.clocks.tables",
    "gmao.crews.tables",
    "gmao.stock.tables",
    "gmao.workorders.tables",
)

for _module in TABLE_MODULES:
    with suppress(ModuleNotFoundError):
        importlib.import_module(_module)

__all__ = ["metadata"]
