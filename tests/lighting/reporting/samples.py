"""A month of a small town, made by plain arithmetic: real-looking, and the same every time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from lighting.contracts.hours import burning_seconds
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
from lighting.reporting.model import (
    BaselineFacts,
    CabinetDay,
    CabinetFacts,
    Change,
    DelayFacts,
    Energy,
    LightPointMonth,
    OrganisationFacts,
    OutageFacts,
    ReportHeader,
    ReportInputs,
)
from schedules.model import Place

TOWN = UUID(int=21)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
PARIS = "Europe/Paris"
DIJON = Place(47.322, 5.0415, PARIS)
NAMES = (
    *("Mairie", "Gare", "Les Tilleuls", "Faubourg Saint-Nicolas", "Quai des Mariniers"),
    *("Parc des sports", "Collège Jean-Moulin", "Zone artisanale", "Clos des Vignes", "Pont-Vieux"),
)
STREETS = ("rue des Tilleuls", "quai des Mariniers", "avenue de la Gare", "place de la Mairie")
POINTS_PER_CABINET = (142, 96, 188, 121, 74, 160, 133, 52, 109, 65)
REGIME = Regime(15, -15)


def day_length_s(on: date) -> int:
    return (25 if on == date(2026, 10, 25) else 24) * 3600


def cabinets() -> list[CabinetFacts]:
    return [
        CabinetFacts(
            UUID(int=100 + at),
            f"ARM-{at + 1:03}",
            name,
            f"2145678901{at:04}",
            Decimal(9 if count < 100 else 12),
        )
        for at, (name, count) in enumerate(zip(NAMES, POINTS_PER_CABINET, strict=True))
    ]


def cabinet_days() -> list[CabinetDay]:
    days = []
    for cabinet, count in enumerate(POINTS_PER_CABINET):
        for number in range(31):
            on = FIRST + timedelta(days=number)
            whole_s = day_length_s(on) * count
            weekend = 31 if on.weekday() in (4, 5) else 0
            whole_wh = count * (352 + 4 * number + weekend + (7 * cabinet + 29 * number) % 23)
            estimated = whole_wh // 9 if (cabinet, number) in {(2, 11), (2, 12), (6, 20)} else 0
            missing_s = whole_s // 30 if (cabinet, number) == (7, 17) else 0
            estimated_s = whole_s // 9 if estimated else 0
            energy = Energy(
                measured_wh=whole_wh - estimated,
                bridged_wh=whole_wh // 40 if number % 9 == 4 else 0,
                estimated_wh=estimated,
                expected_s=whole_s,
                measured_s=whole_s - missing_s - estimated_s,
                estimated_s=estimated_s,
                missing_s=missing_s,
            )
            days.append(CabinetDay(cabinet, on, count, energy))
    return days


def light_points() -> list[LightPointMonth]:
    found = []
    for cabinet, count in enumerate(POINTS_PER_CABINET):
        for number in range(count):
            energy = Energy(13_400 + 11 * number, 0, 0, 744 * 3600 + 3600, 744 * 3600 + 3600, 0, 0)
            street = STREETS[(cabinet + number // 20) % len(STREETS)]
            found.append(LightPointMonth(f"P{cabinet:02}{number:04}", street, cabinet, energy))
    return found


def rates() -> list[Rate]:
    contract = "marché de fourniture 2025-2027, lot 2"
    grid = "grille TURPE de l’opérateur, août 2026"
    since = date(2026, 1, 1)

    def own(component: Component, value: str, source: str, on: date = since) -> Rate:
        return Rate(component, on, Decimal(value), source, organisation_id=TOWN)

    return [
        own(Component.SUPPLY_FIXED, "96.00", contract),
        own(Component.SUPPLY_ENERGY, "0.1142", contract),
        own(Component.NETWORK_FIXED, "41.40", grid, date(2026, 8, 1)),
        own(Component.NETWORK_POWER, "22.08", grid, date(2026, 8, 1)),
        own(Component.NETWORK_ENERGY, "0.0439", grid, date(2026, 8, 1)),
        Rate(
            Component.EXCISE,
            date(2026, 2, 1),
            Decimal("30.85"),
            "tarif normal publié",
            power_class=PowerClass.LOW,
        ),
        Rate(Component.CTA, date(2026, 2, 1), Decimal("0.15"), "arrêté, distribution"),
        Rate(Component.VAT, date(2025, 8, 1), Decimal("0.20"), "taux unique depuis août 2025"),
    ]


def baseline() -> BaselineFacts:
    frozen = Baseline(
        id=UUID(int=7),
        name="situation de référence 2023",
        valid_from=date(2024, 1, 1),
        reference_hours=Decimal(4110),
        regime=REGIME,
        lat_deg=DIJON.lat_deg,
        lon_deg=DIJON.lon_deg,
        timezone=PARIS,
        source="inventaire contradictoire du 14 décembre 2023",
        groups=[
            BaselineGroup("A", "SHP 150 W", 310, Decimal(170)),
            BaselineGroup("B", "SHP 70 W", 560, Decimal(83)),
            BaselineGroup("C", "ballon fluo 125 W", 258, Decimal(137)),
        ],
        adjustments=[
            Adjustment(
                1,
                AdjustmentKind.ADDITION,
                date(2025, 6, 1),
                "lotissement du Clos des Vignes",
                light_count=24,
                circuit_power_w=Decimal(83),
            ),
            Adjustment(
                2,
                AdjustmentKind.REMOVAL,
                date(2026, 10, 12),
                "ancien parking de la gare",
                light_count=12,
                circuit_power_w=Decimal(170),
            ),
        ],
        guaranteed_share=Decimal("0.65"),
    )
    lit = burning_seconds(REGIME, DIJON, FIRST, LAST)
    return BaselineFacts(frozen, [(REGIME, list(lit.items()))])


def nights() -> list[tuple[datetime, datetime]]:
    """From 19:00 to 06:00 UTC, near enough to October in Dijon."""
    first = datetime(2026, 9, 30, 17, tzinfo=UTC)
    return [(first + timedelta(days=n), first + timedelta(days=n, hours=13)) for n in range(32)]


def outages() -> list[OutageFacts]:
    def out(number: int, day: int, days: float | None) -> OutageFacts:
        raised_at = datetime(2026, 10, day, 19, 40, tzinfo=UTC)
        cleared_at = None if days is None else raised_at + timedelta(days=days)
        street = STREETS[number % len(STREETS)]
        return OutageFacts(
            f"P{number % 10:02}{number:04}", street, "ARM-003", raised_at, cleared_at
        )

    return [
        out(12, 2, 4.5),
        out(31, 5, 1.6),
        out(31, 19, 0.8),
        out(47, 9, 2.4),
        out(58, 14, 3.7),
        out(63, 22, 6.2),
        out(70, 29, None),
    ]


def inputs(**changed: object) -> ReportInputs:
    given = ReportInputs(
        organisation=OrganisationFacts(TOWN, "Villeneuve-sur-Bèze", "21703", PARIS),
        first=FIRST,
        last=LAST,
        light_point_count=sum(POINTS_PER_CABINET),
        cabinets=cabinets(),
        cabinet_days=cabinet_days(),
        light_points=light_points(),
        year_before=Energy(measured_wh=17_940_000, expected_s=1, measured_s=1),
        organisation_ids=[TOWN],
        rates=rates(),
        co2_factor=Co2Factor(
            "FR",
            FactorKind.AVERAGE,
            date(2024, 1, 1),
            Decimal("0.040"),
            "mix moyen français 2024, source secondaire",
        ),
        baseline=baseline(),
        nights=nights(),
        outages=outages(),
        delays=[
            DelayFacts("U1", 1, 1, 5 * 3600),
            DelayFacts("U2", 4, 4, 21 * 3600),
            DelayFacts("U3", 9, 8, 61 * 3600),
        ],
    )
    return replace(given, **changed)  # type: ignore[arg-type]


def header(inputs_sha256: str, version: int = 1) -> ReportHeader:
    return ReportHeader(
        report_id=UUID(int=99),
        version=version,
        frozen_at=datetime(2026, 11, 4, 8, 12, 30, tzinfo=UTC),
        frozen_by="Camille Martin",
        inputs_sha256=inputs_sha256,
        changes=[
            Change("energy", Decimal("15285.1"), Decimal("15300.6")),
            Change("cabinet:ARM-003", None, Decimal("16.5")),
        ]
        if version > 1
        else [],
    )
