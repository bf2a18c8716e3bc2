"""The lights of the estate as the rules see them: looked up by controller, and as arrays."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from lighting.faults.compute import LEVEL_MIN_PERCENT, ScreenLimits
from lighting.faults.model import DEFAULT_THRESHOLDS, Light, Thresholds
from lighting.registry.directory.model import ControllerRef
from lighting.registry.model import LampTechnology

NO_LIGHT = -1


def thresholds_from(stored: Mapping[str, Any]) -> Thresholds:
    """Thresholds from their stored form: what is not named there has its default."""
    curve = tuple((float(level), float(ratio)) for level, ratio in stored.get("power_curve", ()))
    ratios = {name: float(value) for name, value in stored.items() if name != "power_curve"}
    return Thresholds(**ratios, power_curve=curve)


def light_of(ref: ControllerRef, thresholds: Mapping[UUID, Thresholds]) -> Light:
    """The light behind an entry of the registry's directory."""
    own = thresholds.get(ref.luminaire_type_id) if ref.luminaire_type_id else None
    return Light(
        controller_key=ref.controller_key,
        controller_id=ref.controller_id,
        light_point_id=ref.light_point_id,
        organisation_id=ref.organisation_id,
        cabinet_id=ref.cabinet_id,
        rated_power_w=ref.rated_power_w,
        level_min_percent=ref.level_min_percent,
        is_led=ref.lamp_technology in (None, LampTechnology.LED),
        lat_deg=ref.lat_deg,
        lon_deg=ref.lon_deg,
        timezone=ref.timezone,
        expected_period=timedelta(seconds=ref.expected_period_s),
        installed_at=ref.installed_at,
        thresholds=own or DEFAULT_THRESHOLDS,
    )


class Lights:
    """Every light with a controller; made again when the registry changes."""

    def __init__(self, lights: Iterable[Light]) -> None:
        self.all: Sequence[Light] = list(lights)
        self._place = {light.controller_key: place for place, light in enumerate(self.all)}
        self.limits = _limits(self.all)
        self.lat_deg = np.array([light.lat_deg for light in self.all])
        self.lon_deg = np.array([light.lon_deg for light in self.all])
        self.light_point_ids: Sequence[UUID] = [light.light_point_id for light in self.all]

    def places(self, controller_keys: Iterable[int]) -> npt.NDArray[np.intp]:
        """The place of each controller's light in the arrays, `NO_LIGHT` where there is none."""
        place = self._place
        return np.array([place.get(key, NO_LIGHT) for key in controller_keys], dtype=np.intp)


def _limits(lights: Sequence[Light]) -> ScreenLimits:
    def array(values: Iterable[float]) -> npt.NDArray[np.float64]:
        return np.array(list(values), dtype=np.float64)

    limits = [light.thresholds for light in lights]
    return ScreenLimits(
        rated_power_w=array(
            np.nan if light.rated_power_w is None else light.rated_power_w for light in lights
        ),
        level_min_percent=array(light.level_min_percent or LEVEL_MIN_PERCENT for light in lights),
        ratio_min=array(
            max(one.power_low_healthy_ratio_min, one.alight_ratio_min) for one in limits
        ),
        ratio_max=array(one.power_high_healthy_ratio_max for one in limits),
        off_ratio_max=array(one.day_dark_ratio_max for one in limits),
        has_own_curve=np.array([bool(one.power_curve) for one in limits], dtype=np.bool_),
    )
