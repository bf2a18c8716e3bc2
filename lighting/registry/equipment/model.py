"""Equipment as it is announced and chosen."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lighting.registry.model import LampTechnology


@dataclass(frozen=True, slots=True)
class NewLuminaireType:
    """A model for the catalogue; what nobody knows stays None. A battery has what lives on sun."""

    maker: str = ""
    model: str = ""
    lamp_technology: LampTechnology | None = None
    rated_power_w: float | None = None
    gear_loss_w: float | None = None
    standby_power_w: float | None = None
    flux_lm: float | None = None
    cct_k: int | None = None
    upward_light_percent: float | None = None
    cie_flux_code_3: int | None = None
    level_min_percent: int = 0
    l80_hours: int | None = None
    warranty_years: int | None = None
    battery_capacity_wh: float | None = None
    panel_peak_w: float | None = None


@dataclass(frozen=True, slots=True)
class NewLuminaire:
    """A luminaire that the registry does not know yet."""

    organisation_id: UUID
    type_id: UUID
    serial: str | None = None
    installed_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewController:
    """A controller that the registry does not know yet.

    `address` is what it is called on its network (a DevEUI in lower-case hexadecimal), `network`
    which network that is ('chirpstack:main'), `profile` the device profile that reads its frames.
    """

    address: str
    network: str
    profile: str
    expected_period_s: int
    serial: str | None = None
    light_point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RegisteredController:
    """A controller and where it is now; `key` names it in telemetry."""

    id: UUID
    key: int
    organisation_id: UUID
    address: str
    network: str
    profile: str
    serial: str | None
    expected_period_s: int
    state: str
    light_point_id: UUID | None
    light_point_code: str | None
