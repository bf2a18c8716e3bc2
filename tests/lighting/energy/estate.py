"""A small estate in the database: one municipality, lamps of 60 W, their controllers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind
from kit.db import raw
from kit.ids import new_id
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import Reading

PARIS = "Europe/Paris"
SYSTEM = Caller.system()


@dataclass(frozen=True, slots=True)
class Light:
    """A light point and the key of its controller."""

    id: UUID
    controller_id: UUID
    controller_key: int


async def add_organisation(
    session: AsyncSession,
    at: datetime,
    name: str = "Villeneuve",
    insee_code: str | None = None,
    parent_id: UUID | None = None,
) -> UUID:
    organisation = await access.create_organisation(
        session,
        SYSTEM,
        at=at,
        name=name,
        kind=OrganisationKind.MUNICIPALITY,
        insee_code=insee_code,
        parent_id=parent_id,
        timezone=PARIS,
    )
    await session.flush()
    return organisation.id


async def add_cabinet(
    session: AsyncSession, organisation_id: UUID, at: datetime, code: str, name: str = ""
) -> UUID:
    cabinet_id = new_id()
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO cabinet (id, organisation_id, code, name, lon_deg, lat_deg, position_quality,
            provenance, state, search_words, subscribed_power_kva, created_at)
        VALUES ($1, $2, $3, $4, 5.04, 47.32, 'surveyed', 'entered', 'in_service', '', 12, $5)
        """,
        *(cabinet_id, organisation_id, code, name, at),
    )
    return cabinet_id


async def add_lights(
    session: AsyncSession,
    organisation_id: UUID,
    at: datetime,
    count: int,
    cabinet_id: UUID | None = None,
    prefix: str = "L",
) -> list[Light]:
    """Light points with a 60 W luminaire and a controller each, fitted at `at`."""
    lights = []
    for number in range(1, count + 1):
        point_id = await _add_light_point(
            session, organisation_id, at, f"{prefix}{number:05}", cabinet_id
        )
        await _add_luminaire(session, organisation_id, at, point_id)
        controller_id, key = await add_controller(session, organisation_id, at)
        await fit(session, point_id, "controller", controller_id, at)
        lights.append(Light(point_id, controller_id, key))
    return lights


async def _add_light_point(
    session: AsyncSession, organisation_id: UUID, at: datetime, code: str, cabinet_id: UUID | None
) -> UUID:
    point_id = new_id()
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO light_point (id, organisation_id, code, street, cabinet_id, lon_deg, lat_deg,
            state, attributes, tile_key, street_folded, search_words, revision, created_at)
        VALUES ($1, $2, $3, 'Rue des Tilleuls', $4, 5.04, 47.32, 'in_service', '{}', 0,
            'rue des tilleuls', '', 0, $5)
        """,
        *(point_id, organisation_id, code, cabinet_id, at),
    )
    return point_id


async def _add_luminaire(
    session: AsyncSession, organisation_id: UUID, at: datetime, point_id: UUID
) -> None:
    type_id, luminaire_id = new_id(), new_id()
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO luminaire_type (id, maker, model, lamp_technology, rated_power_w, gear_loss_w,
            standby_power_w, level_min_percent, created_at)
        VALUES ($1, 'Acme', $2, 'LED', 60, 0, 0.5, 10, $3)
        """,
        *(type_id, str(type_id), at),
    )
    await connection.execute(
        """
        INSERT INTO luminaire (id, organisation_id, type_id, state, created_at)
        VALUES ($1, $2, $3, 'in_service', $4)
        """,
        *(luminaire_id, organisation_id, type_id, at),
    )
    await fit(session, point_id, "luminaire", luminaire_id, at)


async def add_controller(
    session: AsyncSession, organisation_id: UUID, at: datetime
) -> tuple[UUID, int]:
    controller_id = new_id()
    connection = await raw(session)
    key = await connection.fetchval(
        """
        INSERT INTO controller (id, organisation_id, address, network, profile, expected_period_s,
            state, revision, created_at)
        VALUES ($1, $2, $3, 'chirpstack:main', 'nas/ul20xx', 900, 'in_service', 0, $4)
        RETURNING key
        """,
        *(controller_id, organisation_id, controller_id.hex[-16:], at),
    )
    return controller_id, key


async def fit(
    session: AsyncSession, point_id: UUID, kind: str, equipment_id: UUID, at: datetime
) -> None:
    connection = await raw(session)
    await connection.execute(
        """
        INSERT INTO installation (id, light_point_id, kind, equipment_id, installed_at, reason)
        VALUES ($1, $2, $3, $4, $5, 'test')
        """,
        *(new_id(), point_id, kind, equipment_id, at),
    )


async def take_off(session: AsyncSession, equipment_id: UUID, at: datetime) -> None:
    connection = await raw(session)
    await connection.execute(
        "UPDATE installation SET removed_at = $2 WHERE equipment_id = $1 AND removed_at IS NULL",
        *(equipment_id, at),
    )


async def arrive(
    session: AsyncSession, samples: Iterable[tuple[int, datetime, int]], now: datetime
) -> None:
    """Counters (controller key, instant, Wh) come in as the ingest brings them."""
    readings = [Reading(key, at, active_energy_wh=value) for key, at, value in samples]
    added = await telemetry.append_once(session, readings, now)
    keys = {reading.controller_key for reading in added}
    await telemetry.mark_energy_days(session, added, dict.fromkeys(keys, PARIS))
