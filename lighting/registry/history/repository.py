"""Queries about what light points are and were."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import raw
from lighting.registry.history.model import LightPointImage
from lighting.registry.model import AssetState, LampTechnology
from lighting.registry.tables import AssetChange

IMAGE_SQL = """
SELECT {key} AS key, lp.id, lp.code, lp.street, lp.state, lp.lon_deg, lp.lat_deg,
       s.code AS support_code, s.height_m AS support_height_m, s.material AS support_material,
       cb.code AS cabinet_code, ci.code AS circuit_code, ci.phase AS circuit_phase,
       lp.position_on_circuit,
       t.maker, t.model, t.lamp_technology, t.rated_power_w, t.cct_k,
       l.serial AS luminaire_serial, l.installed_on,
       c.address AS controller_address, c.network AS controller_network,
       c.profile AS controller_profile, c.expected_period_s AS controller_period_s,
       lp.attributes::text AS attributes
FROM {source}
LEFT JOIN support s ON s.id = lp.support_id
LEFT JOIN cabinet cb ON cb.id = lp.cabinet_id
LEFT JOIN circuit ci ON ci.id = lp.circuit_id
LEFT JOIN installation il
       ON il.light_point_id = lp.id AND il.kind = 'luminaire' AND il.removed_at IS NULL
LEFT JOIN luminaire l ON l.id = il.luminaire_id
LEFT JOIN luminaire_type t ON t.id = l.type_id
LEFT JOIN installation ic
       ON ic.light_point_id = lp.id AND ic.kind = 'controller' AND ic.removed_at IS NULL
LEFT JOIN controller c ON c.id = ic.controller_id
"""
IMAGES_BY_ID = IMAGE_SQL.format(key="lp.id", source="light_point lp") + "WHERE lp.id = ANY($1)"
IMAGES_BY_SOURCE = (
    IMAGE_SQL.format(
        key="e.value", source="external_id e JOIN light_point lp ON lp.id = e.asset_id"
    )
    + "WHERE e.organisation_id = $1 AND e.scheme = $2 AND e.asset_type = 'light_point'"
)


def _image(record: Any) -> LightPointImage:
    """An image from one record of `IMAGE_SQL`; its columns after `id` are the image's fields."""
    _, _, code, street, state, *middle, attributes = record
    values = dict(zip(LightPointImage.__struct_fields__[3:-1], middle, strict=True))
    technology = values["lamp_technology"]
    values["lamp_technology"] = None if technology is None else LampTechnology(technology)
    return LightPointImage(
        code=code,
        street=street,
        state=AssetState(state),
        attributes=msgspec.json.decode(attributes),
        **values,
    )


async def images(
    session: AsyncSession, light_point_ids: Sequence[UUID]
) -> Mapping[UUID, LightPointImage]:
    """What some light points are now."""
    records = await (await raw(session)).fetch(IMAGES_BY_ID, list(light_point_ids))
    return {record["id"]: _image(record) for record in records}


async def images_of_source(
    session: AsyncSession, organisation_id: UUID, scheme: str
) -> Mapping[str, tuple[UUID, LightPointImage]]:
    """What the light points that a source knows are now, by the source's own key."""
    connection = await raw(session)
    records = await connection.fetch(IMAGES_BY_SOURCE, organisation_id, scheme)
    return {record["key"]: (record["id"], _image(record)) for record in records}


async def changes(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    *,
    until: datetime | None,
    limit: int,
) -> Sequence[AssetChange]:
    """The newest changes of a light point first, those up to `until`."""
    query = (
        sa.select(AssetChange)
        .where(col(AssetChange.asset_id) == light_point_id)
        .where(visible(AssetChange.organisation_id, caller))
        .order_by(col(AssetChange.at).desc(), col(AssetChange.id).desc())
        .limit(limit)
    )
    if until is not None:
        query = query.where(col(AssetChange.at) <= until)
    return (await session.scalars(query)).all()
