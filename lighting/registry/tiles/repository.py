"""The query behind the map's columns."""

from sqlalchemy.ext.asyncio import AsyncSession

from lighting.registry.model import CODE_BYTES_MAX
from lighting.registry.tiles.columns import Records, read_columns
from lighting.registry.tiles.snapshot import ESTATE_COLUMNS

_NO_ID = "'00000000-0000-0000-0000-000000000000'::uuid"

# A code is padded with blanks to a fixed width, and its length told apart.
ESTATE_SQL = f"""
SELECT p.tile_key, p.key, p.id, p.organisation_id, coalesce(p.cabinet_id, {_NO_ID}),
       coalesce(p.circuit_id, {_NO_ID}), coalesce(p.position_on_circuit, -1),
       coalesce(y.cct_k, 0), coalesce(round(y.rated_power_w)::int, 0),
       octet_length(p.code)::smallint,
       substring(convert_to(p.code, 'UTF8') || convert_to(repeat(' ', {CODE_BYTES_MAX}), 'UTF8')
                 FROM 1 FOR {CODE_BYTES_MAX})
FROM light_point p
LEFT JOIN installation i
       ON i.light_point_id = p.id AND i.kind = 'luminaire' AND i.removed_at IS NULL
LEFT JOIN luminaire l ON l.id = i.luminaire_id
LEFT JOIN luminaire_type y ON y.id = l.type_id
WHERE p.state = 'in_service'
"""


async def estate_records(session: AsyncSession) -> Records:
    """Every light point in service, whoever it belongs to."""
    return await read_columns(session, ESTATE_SQL, ESTATE_COLUMNS)
