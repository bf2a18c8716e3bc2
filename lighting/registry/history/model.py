"""A light point in words and numbers, as it was at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lighting.registry.model import AssetState, LampTechnology


class LightPointImage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the registry says of a light point and of what is in it.

    It names what it refers to by number, not by identifier, so that it says the same next year.
    Without a luminaire, everything from `maker` to `installed_on` is None.
    """

    code: str
    street: str = ""
    state: AssetState = AssetState.IN_SERVICE
    lon_deg: float
    lat_deg: float
    support_code: str | None = None
    support_height_m: float | None = None
    support_material: str | None = None
    cabinet_code: str | None = None
    circuit_code: str | None = None
    circuit_phase: str | None = None
    position_on_circuit: int | None = None
    maker: str | None = None
    model: str | None = None
    lamp_technology: LampTechnology | None = None
    rated_power_w: float | None = None
    cct_k: int | None = None
    luminaire_serial: str | None = None
    installed_on: date | None = None
    controller_address: str | None = None
    controller_network: str | None = None
    controller_profile: str | None = None
    controller_period_s: int | None = None
    attributes: Mapping[str, Any] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a light point."""

    at: datetime
    action: str
    before: LightPointImage | None
    after: LightPointImage | None
    import_run_id: UUID | None


def difference(
    before: LightPointImage | None, after: LightPointImage | None
) -> dict[str, tuple[Any, Any]]:
    """Field by field what differs: (before, after)."""
    fields = LightPointImage.__struct_fields__
    pairs = ((name, getattr(before, name, None), getattr(after, name, None)) for name in fields)
    return {name: (old, new) for name, old, new in pairs if old != new}
