"""Rates, reference situation and the closed month of the demo city; every figure is invented.

The reference is what the district would have drawn with the lamps such places had before: a
plausible discharge lamp and its gear for each kind of lantern.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.demo.catalogue import COMMON_KIND
from app.demo.inventory import CENTRE, Row
from gmao.indicators.service import delays
from kit.access.model import Caller
from kit.ids import new_id
from lighting.contracts import service as contracts
from lighting.contracts.model import Baseline, BaselineGroup, Component, Rate, Regime
from lighting.reporting import service as reporting

SOURCE = "démonstration, chiffre inventé"
RATES: Mapping[Component, Decimal] = {
    Component.SUPPLY_ENERGY: Decimal("0.1385"),
    Component.NETWORK_FIXED: Decimal("32.40"),
    Component.NETWORK_POWER: Decimal("11.16"),
    Component.NETWORK_ENERGY: Decimal("0.0367"),
}
# Technology and circuit power (lamp and gear) of the lamps there were before, by kind.
BEFORE: Mapping[str, tuple[str, Decimal]] = {
    COMMON_KIND: ("HPS", Decimal(115)),
    "LUMINAIRE AMBIANCE": ("MH", Decimal(84)),
    "PROJECTEUR": ("HPS", Decimal(170)),
    "ENCASTRE": ("CFL", Decimal(32)),
    "BORNE COLONNE": ("MH", Decimal(46)),
}
REFERENCE_HOURS = Decimal(4100)
GUARANTEED_SHARE = Decimal("0.55")
# The month is closed some days after its end, in the morning.
CLOSED_AFTER, CLOSED_AT = timedelta(days=3), time(9, 30)


async def agree(
    session: AsyncSession,
    finance: Caller,
    commune_id: UUID,
    rows: Sequence[Row],
    timezone: str,
    *,
    at: datetime,
) -> None:
    """Enter the rates and freeze the reference situation."""
    valid_from = date(at.year, 1, 1)
    for component, value in RATES.items():
        rate = Rate(component, valid_from, value, SOURCE, organisation_id=commune_id)
        await contracts.set_rate(session, finance, rate, at=at)
    baseline = Baseline(
        id=new_id(),
        name="Situation de référence (démonstration)",
        valid_from=valid_from,
        reference_hours=REFERENCE_HOURS,
        regime=Regime(),
        lat_deg=CENTRE[1],
        lon_deg=CENTRE[0],
        timezone=timezone,
        source=SOURCE,
        groups=groups(rows),
        guaranteed_share=GUARANTEED_SHARE,
    )
    await contracts.freeze_baseline(session, finance, commune_id, baseline, at=at)


def groups(rows: Sequence[Row]) -> list[BaselineGroup]:
    """The lamps there were before, by kind of lantern."""
    kinds = Counter(
        kind if (kind := row["type_lanterne"]) in BEFORE else COMMON_KIND for row in rows
    )
    return [
        BaselineGroup(kind.capitalize(), *_before(kind, count))
        for kind, count in sorted(kinds.items())
    ]


def _before(kind: str, count: int) -> tuple[str, int, Decimal]:
    technology, circuit_power_w = BEFORE[kind]
    return technology, count, circuit_power_w


def last_full_month(at: datetime, timezone: str) -> date:
    """The first day of the calendar month that ended last."""
    first = at.astimezone(ZoneInfo(timezone)).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


async def close_month(
    session: AsyncSession,
    finance: Caller,
    commune_id: UUID,
    timezone: str,
    *,
    now: datetime,
) -> None:
    """Freeze the report of the month that ended last, some days after its end."""
    month = last_full_month(now, timezone)
    ended_on = now.astimezone(ZoneInfo(timezone)).date().replace(day=1)
    closed_at = datetime.combine(ended_on + CLOSED_AFTER, CLOSED_AT, ZoneInfo(timezone))
    await reporting.make_month(
        session, finance, commune_id, month, at=min(closed_at, now), delays=delays
    )
