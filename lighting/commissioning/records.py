"""The record of an acceptance: what was put where, what it proved, and who answers for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from lighting.commissioning.tables import Commissioning, SelfTestStep
from lighting.registry.service import LightPointView, RegisteredController

RECORD_VERSION = 1


def acceptance_record(
    row: Commissioning,
    light: LightPointView,
    controller: RegisteredController,
    steps: Sequence[SelfTestStep],
) -> dict[str, Any]:
    """Plain values, frozen with the acceptance; a fingerprint is made of them."""
    return {
        "version": RECORD_VERSION,
        "commissioning_id": str(row.id),
        "organisation": light.organisation.name,
        "light_point": _light(light),
        "controller": {
            "address": controller.address,
            "serial": controller.serial,
            "network": controller.network,
            "profile": controller.profile,
        },
        "replaced_controller_id": _text(row.replaced_controller_id),
        "matched_by": row.matched_by,
        "distance_m": row.distance_m,
        "installed_at": row.installed_at.isoformat(),
        "installed_by": row.created_by,
        "tested_by": row.tested_by,
        "test": [_step(step) for step in steps],
        "accepted_at": row.decided_at.isoformat() if row.decided_at else None,
        "accepted_by": row.decided_by,
        "signed_name": row.signed_name,
        "reservations": row.reason,
    }


def _light(light: LightPointView) -> Mapping[str, Any]:
    return {
        "code": light.code,
        "street": light.street,
        "lon_deg": light.lon_deg,
        "lat_deg": light.lat_deg,
        "cabinet": light.cabinet.code if light.cabinet else None,
        "luminaire_serial": light.luminaire.serial if light.luminaire else None,
    }


def _step(step: SelfTestStep) -> Mapping[str, Any]:
    return {
        "kind": step.kind,
        "level_percent": step.level_percent,
        "state": step.state,
        "ended_at": step.ended_at.isoformat() if step.ended_at else None,
        "proof": step.proof,
        "reason": step.reason,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
