"""API shapes of luminaires on sun and battery."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lighting.solar.model import FULL_SHARE_PERCENT, SolarState


class ChargeAnswer(BaseModel):
    """What a luminaire said of its battery and panel at one instant; null where it did not.

    A charge current is negative while the battery discharges; `panel_energy_wh` is a counter.
    """

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    battery_charge_percent: float | None
    battery_voltage_v: float | None
    charge_current_a: float | None
    panel_power_w: float | None
    panel_energy_wh: int | None


class ChargesAnswer(BaseModel):
    """Charges oldest first, and what the panel produced in that time."""

    items: list[ChargeAnswer]
    produced_wh: int
    is_complete: bool


class SheddingAnswer(BaseModel):
    """The share of its programme that a light gets tonight, and what it follows from."""

    model_config = ConfigDict(from_attributes=True)

    share_percent: int
    decided_at: datetime
    holds_until: datetime
    charge_percent: float
    available_wh: float
    needed_wh: float


class SolarAnswer(BaseModel):
    """How a luminaire on sun and battery stands.

    `autonomy_lit_time_s` is the light left at the programme's levels without any sun, `dark_at`
    when it ends, null when it lasts a week.
    """

    light_point_id: UUID
    battery_capacity_wh: float
    panel_peak_w: float | None
    floor_percent: int
    latest: ChargeAnswer | None
    autonomy_lit_time_s: int | None
    dark_at: datetime | None
    share_percent: int
    shedding: SheddingAnswer | None


def solar_answer(state: SolarState) -> SolarAnswer:
    """The shape of a state."""
    autonomy, shedding = state.autonomy, state.shedding
    return SolarAnswer(
        light_point_id=state.light_point_id,
        battery_capacity_wh=state.capacity_wh,
        panel_peak_w=state.panel_peak_w,
        floor_percent=state.floor_percent,
        latest=None if state.charge is None else ChargeAnswer.model_validate(state.charge),
        autonomy_lit_time_s=int(autonomy.lit_time.total_seconds()) if autonomy else None,
        dark_at=autonomy.dark_at if autonomy else None,
        share_percent=FULL_SHARE_PERCENT if shedding is None else shedding.share_percent,
        shedding=None if shedding is None else SheddingAnswer.model_validate(shedding),
    )
