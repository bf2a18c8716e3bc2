"""What the simulated crews find and do, by cause; their parts, stores and vans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.failures.model import ReplacementReason
from gmao.stock import catalogue, service
from gmao.stock.model import MovementKind, MovementOrder, StoreKind
from gmao.workorders.requests import Completion, PartTaken
from kit.access.model import Caller


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as the demonstration stocks it: prices are invented."""

    reference: str
    designation: str
    unit_cost_eur: Decimal
    in_store: int
    in_van: int


PARTS: Sequence[PartLine] = (
    PartLine("MOD-LED", "Module LED", Decimal("96.00"), 18, 4),
    PartLine("APP-40", "Appareillage gradable 40 W", Decimal("58.50"), 20, 5),
    PartLine("APP-75", "Appareillage gradable 75 W", Decimal("71.20"), 14, 4),
    PartLine("CTRL", "Contrôleur de luminaire", Decimal("84.00"), 12, 3),
    PartLine("FUS-6", "Fusible 6 A", Decimal("1.90"), 120, 20),
    PartLine("CONN", "Connecteur de pied de mât", Decimal("7.40"), 60, 12),
)
REORDER_SHARE = 4
STORE = "Magasin central"


@dataclass(frozen=True, slots=True)
class Finding:
    """One way a fault is explained and mended; `part` is a reference, none when none was used."""

    mode: str
    mechanism: str
    cause: str
    remedy: str
    part: str | None
    labour_minutes: int
    note: str


_DARK = "light_out"
FINDINGS: Mapping[str, Sequence[Finding]] = {
    "lamp_failure": (
        Finding(_DARK, "electronic_failure", "end_of_life", "control_gear_replaced", "APP-40", 35,
                "Appareillage remplacé, essai à 100 % et 50 %."),
        Finding(_DARK, "overvoltage", "weather", "lamp_replaced", "MOD-LED", 45,
                "Module LED remplacé après l'orage."),
        Finding(_DARK, "loosening", "installation", "connection_remade", "CONN", 25,
                "Connexion refaite en pied de mât."),
        Finding(_DARK, "short_circuit", "wear", "protection_replaced", "FUS-6", 20,
                "Fusible fondu, remplacé ; isolement correct."),
    ),
    "lamp_unexpected_on": (
        Finding("light_always_on", "wrong_settings", "configuration", "reconfigured", None, 20,
                "Contrôleur réinitialisé et reparamétré."),
        Finding("light_always_on", "electronic_failure", "end_of_life", "control_gear_replaced",
                "APP-75", 40, "Entrée de commande détruite, appareillage remplacé."),
    ),
    "communication_loss": (
        Finding("no_communication", "radio_fading", "installation", "connection_remade", None, 25,
                "Antenne resserrée, liaison rétablie."),
        Finding("no_communication", "wrong_settings", "configuration", "reconfigured", None, 20,
                "Contrôleur bloqué : redémarré sur place."),
    ),
    "lamp_power_too_low": (
        Finding("low_light", "electronic_failure", "manufacturing", "lamp_replaced", "MOD-LED", 45,
                "La moitié des LED éteinte : module remplacé."),
        Finding("low_light", "electronic_failure", "end_of_life", "control_gear_replaced",
                "APP-40", 35, "Courant de sortie faible : appareillage remplacé."),
    ),
}  # fmt: skip
OTHER_FINDINGS: Sequence[Finding] = (
    Finding("other_anomaly", "loosening", "wear", "connection_remade", None, 30,
            "Constaté et repris sur place."),
    Finding("structural_damage", "impact", "accident", "support_repaired", None, 50,
            "Support redressé, trappe refermée."),
)  # fmt: skip


def finding_for(cause: str, number: int, seed: int) -> Finding:
    """What is found on an order, by its number."""
    findings = FINDINGS.get(cause, OTHER_FINDINGS)
    return findings[int(np.random.default_rng([seed, number, 1]).integers(len(findings)))]


def completion_of(finding: Finding, parts: Mapping[str, UUID]) -> Completion:
    """The finding as the crew declares it; `parts` are identifiers by reference."""
    used = () if finding.part is None else (PartTaken(parts[finding.part], 1),)
    is_replaced = finding.remedy.endswith("_replaced")
    return Completion(
        failure_mode=finding.mode,
        failure_cause=finding.cause,
        remedy=finding.remedy,
        failure_mechanism=finding.mechanism,
        replacement_reason=ReplacementReason.FAILURE_LIKE_FOR_LIKE if is_replaced else None,
        parts=used,
        labour_minutes=finding.labour_minutes,
        note=finding.note,
    )


async def stock_up(
    session: AsyncSession,
    caller: Caller,
    commune_id: UUID,
    crews: Mapping[str, UUID],
    *,
    at: datetime,
) -> None:
    """Open a store and a van for each crew, and fill them."""
    stores = [
        await catalogue.create_store(
            session, caller, at=at, organisation_id=commune_id, name=name, kind=kind, crew_id=crew
        )
        for name, kind, crew in (
            (STORE, StoreKind.STORE, None),
            *((f"Fourgon {name}", StoreKind.VAN, crew) for name, crew in crews.items()),
        )
    ]
    for line in PARTS:
        part = await catalogue.create_part(
            session,
            caller,
            at=at,
            organisation_id=commune_id,
            reference=line.reference,
            designation=line.designation,
            unit_cost_eur=line.unit_cost_eur,
            reorder_quantity=line.in_store // REORDER_SHARE,
        )
        for store in stores:
            quantity = line.in_store if store.kind is StoreKind.STORE else line.in_van
            receipt = MovementOrder(MovementKind.RECEIPT, store.id, part.id, quantity)
            await service.move(session, caller, receipt, at=at)
