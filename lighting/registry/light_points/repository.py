"""Queries of light points."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.access.scope import visible
from kit.db import metadata
from lighting.registry.equipment import tables as equipment_tables
from lighting.registry.light_points.model import (
    Box,
    CabinetRef,
    CircuitRef,
    ControllerView,
    LightPointFilter,
    LightPointView,
    LuminaireRef,
    LuminaireTypeRef,
    OrganisationRef,
    SupportRef,
)
from lighting.registry.model import AssetState
from lighting.registry.repository import ORGANISATION, below
from lighting.registry.tables import LightPoint
from lighting.registry.web_map import box_ranges
from lighting.registry.words import fold, search_query

_point = metadata.tables[LightPoint.__tablename__]
_cabinet = metadata.tables["cabinet"]
_circuit = metadata.tables["circuit"]
_support = metadata.tables["support"]
_type = metadata.tables[equipment_tables.LuminaireType.__tablename__]
_luminaire = metadata.tables["luminaire"]
_controller = metadata.tables["controller"]
_lit_by = metadata.tables["installation"].alias("lit_by")
_steered_by = metadata.tables["installation"].alias("steered_by")

_PARTS: Mapping[str, Sequence[sa.ColumnElement[Any]]] = {
    "organisation": (ORGANISATION.c.id, ORGANISATION.c.name),
    "cabinet": (_cabinet.c.id, _cabinet.c.code, _cabinet.c.name),
    "circuit": (_circuit.c.id, _circuit.c.code, _circuit.c.phase),
    "support": (_support.c.id, _support.c.code, _support.c.height_m),
    "luminaire": (_luminaire.c.id, _luminaire.c.serial, _luminaire.c.installed_on),
    "type": (
        *(_type.c.maker, _type.c.model, _type.c.lamp_technology),
        *(_type.c.rated_power_w, _type.c.flux_lm, _type.c.cct_k, _type.c.battery_capacity_wh),
    ),
    "controller": (
        *(_controller.c.id, _controller.c.key, _controller.c.address),
        *(_controller.c.profile, _controller.c.network, _controller.c.expected_period_s),
    ),
}
_OWN = (
    *(_point.c.id, _point.c.key, _point.c.code, _point.c.street, _point.c.state),
    *(_point.c.position_on_circuit, _point.c.lon_deg, _point.c.lat_deg, _point.c.attributes),
)


def _open_installation(installation: sa.FromClause, kind: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        installation.c.light_point_id == _point.c.id,
        installation.c.kind == kind,
        installation.c.removed_at.is_(None),
    )


def _views(wanted: sa.Subquery) -> sa.Select[Any]:
    """The views of the light points whose ids (and codes, for the order) are in `wanted`."""
    columns = [
        *_OWN,
        *(
            column.label(f"{part}__{column.key}")
            for part, columns in _PARTS.items()
            for column in columns
        ),
    ]
    return (
        sa.select(*columns)
        .select_from(wanted)
        .join(_point, _point.c.id == wanted.c.id)
        .join(ORGANISATION, ORGANISATION.c.id == _point.c.organisation_id)
        .outerjoin(_cabinet, _cabinet.c.id == _point.c.cabinet_id)
        .outerjoin(_circuit, _circuit.c.id == _point.c.circuit_id)
        .outerjoin(_support, _support.c.id == _point.c.support_id)
        .outerjoin(_lit_by, _open_installation(_lit_by, "luminaire"))
        .outerjoin(_luminaire, _luminaire.c.id == _lit_by.c.luminaire_id)
        .outerjoin(_type, _type.c.id == _luminaire.c.type_id)
        .outerjoin(_steered_by, _open_installation(_steered_by, "controller"))
        .outerjoin(_controller, _controller.c.id == _steered_by.c.controller_id)
        .order_by(_point.c.code, _point.c.id)
    )


def _view(row: sa.Row[Any]) -> LightPointView:
    values = iter(row)
    own = {str(column.key): next(values) for column in _OWN}
    parts = {name: {str(one.key): next(values) for one in them} for name, them in _PARTS.items()}
    there = {name: values for name, values in parts.items() if values.get("id") is not None}
    luminaire_type = LuminaireTypeRef(**parts["type"])
    return LightPointView(
        **{**own, "state": AssetState(own["state"])},
        organisation=OrganisationRef(**parts["organisation"]),
        cabinet=CabinetRef(**there["cabinet"]) if "cabinet" in there else None,
        circuit=CircuitRef(**there["circuit"]) if "circuit" in there else None,
        support=SupportRef(**there["support"]) if "support" in there else None,
        luminaire=(
            LuminaireRef(**there["luminaire"], type=luminaire_type)
            if "luminaire" in there
            else None
        ),
        controller=ControllerView(**there["controller"]) if "controller" in there else None,
    )


def _in_box(box: Box) -> sa.ColumnElement[bool]:
    ranges = box_ranges(box.west, box.south, box.east, box.north)
    return sa.and_(
        sa.or_(*(sa.and_(_point.c.tile_key >= a, _point.c.tile_key < b) for a, b in ranges)),
        _point.c.lon_deg.between(box.west, box.east),
        _point.c.lat_deg.between(box.south, box.north),
    )


def _matches(text: str) -> sa.ColumnElement[bool]:
    query = search_query(text)
    if query is None:
        return sa.false()
    return _point.c.search_words.op("@@")(sa.func.to_tsquery(sa.literal_column("'simple'"), query))


def _conditions(wanted: LightPointFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.organisation_id is not None:
        conditions.append(_point.c.organisation_id.in_(below(wanted.organisation_id)))
    if wanted.cabinet_id is not None:
        conditions.append(_point.c.cabinet_id == wanted.cabinet_id)
    if wanted.street is not None:
        conditions.append(_point.c.street_folded.like(fold(wanted.street) + "%"))
    if wanted.state is not None:
        conditions.append(_point.c.state == wanted.state.value)
    if wanted.box is not None:
        conditions.append(_in_box(wanted.box))
    if wanted.q is not None:
        conditions.append(_matches(wanted.q))
    return conditions


async def views(
    session: AsyncSession,
    caller: Caller,
    wanted: LightPointFilter,
    *,
    among: sa.Select[Any] | Sequence[UUID] | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[LightPointView]:
    """The next light points by code; `among` narrows them to a set or a SELECT of ids."""
    query = (
        sa.select(_point.c.id)
        .where(visible(_point.c.organisation_id, caller), *_conditions(wanted))
        .order_by(_point.c.code, _point.c.id)
        .limit(limit)
    )
    if among is not None:
        query = query.where(_point.c.id.in_(among))
    if after is not None:
        position = sa.tuple_(_point.c.code, _point.c.id)
        query = query.where(position > sa.tuple_(*map(sa.literal, after)))
    return [_view(row) for row in await session.execute(_views(query.subquery()))]


async def view(
    session: AsyncSession, caller: Caller, light_point_id: UUID
) -> LightPointView | None:
    """One light point, if the caller may see it."""
    query = sa.select(_point.c.id).where(
        _point.c.id == light_point_id, visible(_point.c.organisation_id, caller)
    )
    row = (await session.execute(_views(query.subquery()))).first()
    return None if row is None else _view(row)


async def locked(session: AsyncSession, light_point_id: UUID) -> LightPoint:
    """The row itself, held until the transaction ends."""
    return await session.get_one(LightPoint, light_point_id, with_for_update=True)


async def may_see_all(
    session: AsyncSession, caller: Caller, cabinet_id: UUID | None, support_id: UUID | None
) -> bool:
    """Whether the caller may see each of these that is given."""
    for table, identifier in ((_cabinet, cabinet_id), (_support, support_id)):
        query = sa.select(table.c.id).where(
            table.c.id == identifier, visible(table.c.organisation_id, caller)
        )
        if identifier is not None and (await session.execute(query)).first() is None:
            return False
    return True
