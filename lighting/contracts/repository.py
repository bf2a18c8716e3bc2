"""The queries of contracts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller
from kit.access.scope import visible
from kit.ids import new_id
from lighting.contracts.model import (
    Adjustment,
    AdjustmentKind,
    Baseline,
    BaselineGroup,
    Co2Factor,
    Component,
    FactorKind,
    PowerClass,
    Rate,
    Regime,
)
from lighting.contracts.tables import (
    BaselineAdjustmentRow,
    BaselineGroupRow,
    BaselineRow,
    Co2FactorRow,
    TariffRate,
)

_ANCESTORS = sa.text(
    """
    WITH RECURSIVE up(id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM organisation WHERE id = :organisation_id
        UNION ALL
        SELECT o.id, o.parent_id, depth + 1 FROM organisation o JOIN up ON o.id = up.parent_id
    )
    SELECT id FROM up ORDER BY depth
    """
)


async def with_parents(session: AsyncSession, organisation_id: UUID) -> list[UUID]:
    """An organisation, its parent, and so on to the root."""
    found = await session.scalars(_ANCESTORS, {"organisation_id": organisation_id})
    return list(found.all())


async def rates(session: AsyncSession, organisation_ids: Sequence[UUID]) -> list[Rate]:
    """Rates of these organisations and the national ones, by component and date."""
    scope = col(TariffRate.organisation_id)
    query = (
        sa.select(TariffRate)
        .where(sa.or_(scope.is_(None), scope.in_(organisation_ids)))
        .order_by(col(TariffRate.component), col(TariffRate.valid_from), col(TariffRate.id))
    )
    return [_rate(row) for row in (await session.scalars(query)).all()]


def _rate(row: TariffRate) -> Rate:
    return Rate(
        component=Component(row.component),
        valid_from=row.valid_from,
        value=row.value,
        source=row.source,
        organisation_id=row.organisation_id,
        cabinet_id=row.cabinet_id,
        power_class=None if row.power_class is None else PowerClass(row.power_class),
    )


async def save_rate(session: AsyncSession, rate: Rate) -> None:
    """Enter a rate, or put right the one of the same scope, component and date."""
    values = {
        "organisation_id": rate.organisation_id,
        "cabinet_id": rate.cabinet_id,
        "component": rate.component.value,
        "power_class": None if rate.power_class is None else rate.power_class.value,
        "valid_from": rate.valid_from,
    }
    changed = {"value": rate.value, "source": rate.source}
    statement = insert(TariffRate).values(id=new_id(), **values, **changed)
    await session.execute(
        statement.on_conflict_do_update(index_elements=list(values), set_=changed)
    )


async def cabinet_exists(session: AsyncSession, cabinet_id: UUID, organisation_id: UUID) -> bool:
    """Whether a cabinet belongs to an organisation."""
    query = sa.text("SELECT 1 FROM cabinet WHERE id = :id AND organisation_id = :organisation_id")
    found = await session.scalar(query, {"id": cabinet_id, "organisation_id": organisation_id})
    return found is not None


async def co2_factors(session: AsyncSession) -> list[Co2Factor]:
    query = sa.select(Co2FactorRow).order_by(
        col(Co2FactorRow.territory), col(Co2FactorRow.kind), col(Co2FactorRow.valid_from)
    )
    return [
        Co2Factor(row.territory, FactorKind(row.kind), row.valid_from, row.kg_per_kwh, row.source)
        for row in (await session.scalars(query)).all()
    ]


async def add_baseline(
    session: AsyncSession, row: BaselineRow, groups: Sequence[BaselineGroup]
) -> None:
    session.add(row)
    await session.flush()
    session.add_all(
        BaselineGroupRow(
            baseline_id=row.id,
            code=group.code,
            technology=group.technology,
            light_count=group.light_count,
            circuit_power_w=group.circuit_power_w,
            reference_kwh=group.reference_kwh,
        )
        for group in groups
    )
    await session.flush()


async def baseline_row(
    session: AsyncSession, caller: Caller, baseline_id: UUID
) -> BaselineRow | None:
    """A baseline the caller may see, locked against another adjustment meanwhile."""
    query = (
        sa.select(BaselineRow)
        .where(col(BaselineRow.id) == baseline_id, visible(BaselineRow.organisation_id, caller))
        .with_for_update()
    )
    return (await session.scalars(query)).first()


async def baseline_in_force(
    session: AsyncSession, organisation_id: UUID, on: date
) -> Baseline | None:
    """The newest baseline of an organisation that holds on a date."""
    query = (
        sa.select(BaselineRow)
        .where(
            col(BaselineRow.organisation_id) == organisation_id, col(BaselineRow.valid_from) <= on
        )
        .order_by(col(BaselineRow.valid_from).desc())
        .limit(1)
    )
    row = (await session.scalars(query)).first()
    return None if row is None else await _whole(session, row)


async def baselines(session: AsyncSession, caller: Caller, organisation_id: UUID) -> list[Baseline]:
    query = (
        sa.select(BaselineRow)
        .where(
            col(BaselineRow.organisation_id) == organisation_id,
            visible(BaselineRow.organisation_id, caller),
        )
        .order_by(col(BaselineRow.valid_from))
    )
    return [await _whole(session, row) for row in (await session.scalars(query)).all()]


async def _whole(session: AsyncSession, row: BaselineRow) -> Baseline:
    groups = (
        sa.select(BaselineGroupRow)
        .where(col(BaselineGroupRow.baseline_id) == row.id)
        .order_by(col(BaselineGroupRow.code))
    )
    changes = (
        sa.select(BaselineAdjustmentRow)
        .where(col(BaselineAdjustmentRow.baseline_id) == row.id)
        .order_by(col(BaselineAdjustmentRow.perimeter_version))
    )
    bare = _baseline(row)
    return replace(
        bare,
        groups=[_group(one) for one in (await session.scalars(groups)).all()],
        adjustments=[_adjustment(one) for one in (await session.scalars(changes)).all()],
    )


def _baseline(row: BaselineRow) -> Baseline:
    return Baseline(
        id=row.id,
        name=row.name,
        valid_from=row.valid_from,
        reference_hours=row.reference_hours,
        regime=Regime(
            row.switch_on_offset_min, row.switch_off_offset_min, row.cut_from, row.cut_to
        ),
        lat_deg=row.lat_deg,
        lon_deg=row.lon_deg,
        timezone=row.timezone,
        source=row.source,
        groups=(),
        guaranteed_share=row.guaranteed_share,
    )


def _group(row: BaselineGroupRow) -> BaselineGroup:
    return BaselineGroup(
        row.code, row.technology, row.light_count, row.circuit_power_w, row.reference_kwh
    )


def _adjustment(row: BaselineAdjustmentRow) -> Adjustment:
    regime = None
    if row.switch_on_offset_min is not None and row.switch_off_offset_min is not None:
        regime = Regime(
            row.switch_on_offset_min, row.switch_off_offset_min, row.cut_from, row.cut_to
        )
    return Adjustment(
        perimeter_version=row.perimeter_version,
        kind=AdjustmentKind(row.kind),
        effective_from=row.effective_from,
        label=row.label,
        effective_to=row.effective_to,
        light_count=row.light_count,
        circuit_power_w=row.circuit_power_w,
        kwh_per_day=row.kwh_per_day,
        regime=regime,
    )


async def last_perimeter_version(session: AsyncSession, baseline_id: UUID) -> int:
    """0 before the first adjustment."""
    newest = sa.func.max(BaselineAdjustmentRow.perimeter_version)
    query = sa.select(newest).where(col(BaselineAdjustmentRow.baseline_id) == baseline_id)
    return await session.scalar(query) or 0
