"""A city for benchmarks: lights, controllers and what these confirmed, written in a few statements.

A 64 W LED light every some metres around Dijon, on ten cabinets a thousand lights, each with a
NAS controller that reports every quarter of an hour.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind
from kit.db import Database

RATED_POWER_W = 64.0
FIRST_ADDRESS = 0x70B3D50000000000

_LIGHTS = """
INSERT INTO luminaire_type (id, maker, model, lamp_technology, rated_power_w, level_min_percent,
                            created_at)
VALUES (md5('type')::uuid, 'Acme', 'Avenue 64', 'LED', {power_w}, 10, :since);

INSERT INTO cabinet (id, organisation_id, code, name, lon_deg, lat_deg, provenance, state,
                     position_quality, search_words, created_at)
SELECT md5('cabinet' || n)::uuid, :organisation_id, 'A' || n, '', 5.04, 47.32, 'generated',
       'in_service', 'surveyed', '', :since
FROM generate_series(0, (:light_count - 1) / 100) AS n;

INSERT INTO light_point (id, organisation_id, code, street, cabinet_id, lon_deg, lat_deg, state,
                         attributes, tile_key, street_folded, search_words, revision, created_at)
SELECT md5('light' || n)::uuid, :organisation_id, 'P' || n, 'Rue ' || n / 40,
       md5('cabinet' || n / 100)::uuid,
       5.0 + 0.0004 * (n % 316), 47.2 + 0.0004 * (n / 316), 'in_service',
       '{{}}', n, 'rue ' || n / 40, '', 1, :since
FROM generate_series(0, :light_count - 1) AS n;

INSERT INTO luminaire (id, organisation_id, type_id, serial, state, created_at)
SELECT md5('luminaire' || n)::uuid, :organisation_id, md5('type')::uuid, 'L' || n, 'in_service',
       :since
FROM generate_series(0, :light_count - 1) AS n;

INSERT INTO controller (id, organisation_id, address, network, profile, expected_period_s, state,
                        revision, created_at)
SELECT md5('controller' || n)::uuid, :organisation_id, to_hex({first_address} + n),
       'chirpstack:main', 'nas/ul20xx', 900, 'in_service', 1, :since
FROM generate_series(0, :light_count - 1) AS n;

INSERT INTO installation (id, light_point_id, kind, equipment_id, installed_at, reason)
SELECT md5(kind || '-in-' || n)::uuid, md5('light' || n)::uuid, kind, md5(kind || n)::uuid,
       :since, ''
FROM generate_series(0, :light_count - 1) AS n, unnest(ARRAY['luminaire', 'controller']) AS kind;

INSERT INTO light_state (light_point_id, organisation_id, desired_level_percent, desired_reason,
                         desired_at, acknowledged_level_percent, acknowledged_at)
SELECT md5('light' || n)::uuid, :organisation_id, 100, 'schedule', :since, 100, :since
FROM generate_series(0, :light_count - 1) AS n;
"""

_TABLES = (
    "light_point",
    "luminaire",
    "controller",
    "installation",
    "light_state",
)


async def build_estate(database: Database, light_count: int, since: datetime) -> UUID:
    """Write `light_count` lights that have burnt at 100 % since an instant; returns whose."""
    async with database.session() as session:
        city = await access.create_organisation(
            session, Caller.system(), at=since, name="Dijon", kind=OrganisationKind.MUNICIPALITY
        )
        await session.flush()
        script = _LIGHTS.format(power_w=RATED_POWER_W, first_address=FIRST_ADDRESS)
        for statement in script.split(";\n"):
            if statement.strip():
                values = {
                    "organisation_id": city.id,
                    "light_count": light_count,
                    "since": since,
                }
                named = {name: each for name, each in values.items() if f":{name}" in statement}
                await session.execute(sa.text(statement), named)
        await session.execute(
            sa.text("UPDATE registry_revision SET revision = GREATEST(revision, 1)")
        )
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in _TABLES:
            await connection.execute(sa.text(f"VACUUM ANALYZE {table}"))
    return city.id


def address_of(number: int) -> str:
    """The network address of the controller of one light."""
    return f"{FIRST_ADDRESS + number:016x}"
