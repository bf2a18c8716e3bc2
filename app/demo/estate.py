"""The estate of the demo city: real lanterns through the real import, the rest generated.

Two imports are kept, as any town would see them: the published inventory, then the fitting out
that it does not tell (cabinets, circuits, luminaires, controllers), marked as generated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from app.demo import solar
from app.demo.catalogue import CatalogueEntry, catalogue
from app.demo.district import LaidCabinet, lay_out
from app.demo.districts import District, district_of
from app.demo.inventory import FILE_NAME, Row, as_file
from kit.access.model import Caller
from lighting.registry.equipment import service as equipment
from lighting.registry.imports import service as imports
from lighting.registry.imports.model import CabinetFacts, Lamp, Outcome

SYSTEM = Caller.system("demo")
MAPPING, SOURCE = "montpellier_csv", "montpellier"
GENERATED = "cabinet, circuit, luminaire, controller"
# Subscribed powers on offer, kVA, and the power factor and margin they are chosen with.
SUBSCRIBED_POWERS_KVA = (3, 6, 9, 12, 15, 18, 24, 30, 36)
POWER_FACTOR, POWER_MARGIN = 0.9, 1.3
RENOVATED_FROM, RENOVATED_DAYS = date(2019, 3, 1), 1800


@dataclass(frozen=True, slots=True)
class Imported:
    """A lantern as the first import left it."""

    line: int
    key: str
    support_key: str
    kind: str
    lon_deg: float
    lat_deg: float


async def build(
    session: AsyncSession, commune_id: UUID, rows: Sequence[Row], *, at: datetime, seed: int
) -> None:
    """Import the lanterns, then fit them out."""
    run = await imports.import_file(
        session,
        SYSTEM,
        as_file(rows),
        MAPPING,
        commune_id,
        dry_run=False,
        at=at,
        file_name=FILE_NAME,
    )
    created = await imports.rows(session, SYSTEM, run.id, outcome=Outcome.CREATED, limit=len(rows))
    lanterns = [_imported(row.line_number, row.source_key, row.support_key, row.after or {})
                for row in created]  # fmt: skip
    for luminaire_type in catalogue().luminaire_types():
        await equipment.create_luminaire_type(session, SYSTEM, luminaire_type, at=at)
    lamps, cabinets = fit_out(lanterns, seed)
    await imports.import_lamps(session, SYSTEM, lamps, SOURCE, commune_id, at=at, cabinets=cabinets)


def _imported(line: int, key: str, support_key: str, after: Mapping[str, Any]) -> Imported:
    kind = str(after.get("model") or "").upper()
    return Imported(line, key, support_key, kind, after["lon_deg"], after["lat_deg"])


def fit_out(
    lanterns: Sequence[Imported], seed: int
) -> tuple[Sequence[Lamp], Mapping[str, CabinetFacts]]:
    """What the inventory does not tell of each lantern, and the cabinets that feed them."""
    random = np.random.default_rng(seed)
    entries = catalogue().choose([lantern.kind for lantern in lanterns], random)
    heights = {
        lantern.support_key: entry.height_m
        for lantern, entry in zip(reversed(lanterns), reversed(entries), strict=True)
    }
    laid = lay_out(
        np.array([lantern.lon_deg for lantern in lanterns]),
        np.array([lantern.lat_deg for lantern in lanterns]),
    )
    lamps: dict[int, Lamp] = {}
    cabinets: dict[str, CabinetFacts] = {}
    for number, cabinet in enumerate(laid, start=1):
        code = f"34172-ARM-{number:03d}"
        renovated_on = RENOVATED_FROM + timedelta(days=int(random.integers(RENOVATED_DAYS)))
        fed = [place for circuit in cabinet.circuits for place in circuit.lamps]
        cabinets[code] = _cabinet_facts(cabinet, number, [entries[place] for place in fed])
        on = district_of(number)
        for rank, (place, feed) in enumerate(_feeds(cabinet).items()):
            lantern = lanterns[place]
            is_solar = solar.is_solar(number, rank)
            facts = {
                **feed,
                **_luminaire_facts(place + 1, entries[place], renovated_on),
                **_controller_facts(on, place + 1, rank),
                **(solar.facts() if is_solar else {}),
                "cabinet_code": code,
                "support_height_m": heights[lantern.support_key],
                "attributes": {
                    "lantern_kind": lantern.kind,
                    "generated": GENERATED,
                    **(solar.ATTRIBUTES if is_solar else {}),
                },
            }
            lamps[place] = Lamp(lantern.line, 1, lantern.key, lantern.support_key, facts)
    return [lamps[place] for place in sorted(lamps)], cabinets


def _feeds(cabinet: LaidCabinet) -> Mapping[int, Mapping[str, Any]]:
    """Circuit, phase and position of each lamp of a cabinet."""
    return {
        place: {
            "circuit_code": f"C{number}",
            "circuit_phase": circuit.phase,
            "position_on_circuit": position,
        }
        for number, circuit in enumerate(cabinet.circuits, start=1)
        for position, place in enumerate(circuit.lamps, start=1)
    }


def _luminaire_facts(number: int, entry: CatalogueEntry, renovated_on: date) -> Mapping[str, Any]:
    return {
        "maker": catalogue().maker,
        "model": entry.model,
        "lamp_technology": "LED",
        "rated_power_w": entry.rated_power_w,
        "cct_k": entry.cct_k,
        "luminaire_serial": f"DEMO-{number:06d}",
        "installed_on": renovated_on,
    }


def _controller_facts(on: District, number: int, rank: int) -> Mapping[str, Any]:
    return {
        "controller_address": on.address(number, rank),
        "controller_network": on.network,
        "controller_profile": on.profile,
        "controller_period_s": int(on.expected_period.total_seconds()),
    }


def _cabinet_facts(
    cabinet: LaidCabinet, number: int, entries: Sequence[CatalogueEntry]
) -> CabinetFacts:
    needed_kva = sum(entry.rated_power_w for entry in entries) * POWER_MARGIN / POWER_FACTOR / 1000
    return CabinetFacts(
        cabinet.lon_deg,
        cabinet.lat_deg,
        name=f"Armoire {number} (générée)",
        subscribed_power_kva=next(kva for kva in SUBSCRIBED_POWERS_KVA if kva >= needed_kva),
        is_generated=True,
    )
