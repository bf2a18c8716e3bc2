"""Writes the estate as planned: one staging table, then one statement per kind of asset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import raw
from kit.ids import new_id
from lighting.registry.imports import statements as sql
from lighting.registry.imports.model import CabinetFacts
from lighting.registry.imports.target import Target, stage
from lighting.registry.model import AssetState, EquipmentKind, PositionQuality, Provenance
from lighting.registry.words import search_words


@dataclass(frozen=True, slots=True)
class Writing:
    """Under which run, for whom and when something is written."""

    organisation_id: UUID
    run_id: UUID
    source: str
    timezone: str
    at: datetime
    revision: int


async def write(
    session: AsyncSession,
    writing: Writing,
    targets: Sequence[Target],
    cabinets: Mapping[str, CabinetFacts],
) -> None:
    """Make every light point what its target says, with all that it needs."""
    connection = await raw(session)
    await stage(connection, targets)
    made = (writing.organisation_id, writing.run_id, writing.at)
    await _write_network(connection, writing, cabinets)
    await connection.execute(sql.ADD_SUPPORTS, *made, writing.source)
    await connection.execute(sql.CHANGE_SUPPORTS, writing.organisation_id)
    await connection.execute(sql.ADD_LIGHT_POINTS, *made, writing.revision)
    await connection.execute(sql.CHANGE_LIGHT_POINTS, writing.organisation_id, writing.revision)
    await connection.execute(sql.ADD_NAMES, writing.organisation_id, writing.run_id, writing.source)
    await _write_luminaires(connection, writing)
    await _write_controllers(connection, writing)


async def note_changes(session: AsyncSession, writing: Writing) -> None:
    """Keep the images of the run's rows as the history of their light points."""
    connection = await raw(session)
    made = (writing.organisation_id, writing.run_id, writing.at)
    await connection.execute(sql.NOTE_CHANGES, *made)


async def _write_network(
    connection: Any, writing: Writing, cabinets: Mapping[str, CabinetFacts]
) -> None:
    made = (writing.organisation_id, writing.run_id, writing.at)
    missing = await connection.fetch(sql.MISSING_CABINETS, writing.organisation_id)
    await connection.executemany(
        sql.ADD_CABINET,
        [(new_id(), *made, *_cabinet(cabinets, *record)) for record in missing],
    )
    await connection.execute(sql.DROP_CABINETS)
    await connection.execute(sql.FIND_CABINETS)
    await connection.execute(sql.FILL_CABINETS, writing.organisation_id)
    missing = await connection.fetch(sql.MISSING_CIRCUITS)
    await connection.executemany(
        sql.ADD_CIRCUIT, [(new_id(), *made, *record) for record in missing]
    )
    await connection.execute(sql.CHANGE_CIRCUITS)


def _cabinet(
    cabinets: Mapping[str, CabinetFacts], code: str, lon_deg: float, lat_deg: float
) -> tuple[Any, ...]:
    """What is known of a cabinet; else it stands, by estimate, amid the lamps that it feeds."""
    known = cabinets.get(code)
    facts = known or CabinetFacts(lon_deg, lat_deg)
    is_surveyed = known is not None and not known.is_generated
    quality = PositionQuality.SURVEYED if is_surveyed else PositionQuality.ESTIMATED
    provenance = Provenance.GENERATED if facts.is_generated else Provenance.IMPORTED
    return (
        *(code, facts.name, facts.lon_deg, facts.lat_deg, quality.value),
        *(facts.prm, facts.subscribed_power_kva, provenance.value),
        search_words(code, facts.name),
    )


async def _write_luminaires(connection: Any, writing: Writing) -> None:
    made = (writing.organisation_id, writing.run_id, writing.at)
    missing = await connection.fetch(sql.MISSING_TYPES)
    await connection.executemany(
        sql.ADD_TYPE,
        [(new_id(), writing.run_id, writing.at, *record) for record in missing],
    )
    await connection.execute(sql.CHANGE_LUMINAIRES)
    await connection.execute(sql.ADD_LUMINAIRES, *made)
    await connection.execute(sql.INSTALL_LUMINAIRES, *made, writing.timezone)


async def _write_controllers(connection: Any, writing: Writing) -> None:
    made = (writing.organisation_id, writing.run_id, writing.at)
    missing = await connection.fetch(sql.MISSING_CONTROLLERS)
    in_service = AssetState.IN_SERVICE.value
    await connection.copy_records_to_table(
        "controller",
        records=[(new_id(), *made, writing.revision, in_service, *record) for record in missing],
        columns=sql.CONTROLLER_COLUMNS,
    )
    await connection.execute(sql.CHANGE_CONTROLLERS, writing.organisation_id, writing.revision)
    free = await connection.fetch(sql.UNINSTALLED_CONTROLLERS)
    kind = EquipmentKind.CONTROLLER.value
    await connection.copy_records_to_table(
        "installation",
        records=[
            (new_id(), light_point_id, kind, controller_id, writing.at, "import", writing.run_id)
            for light_point_id, controller_id in free
        ],
        columns=sql.INSTALLATION_COLUMNS,
    )
