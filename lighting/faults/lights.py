"""The lights of the estate as the rules see them: looked up by controller, and as arrays."""

from collections.abc import Iterable, Iterator, Mapping
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
# Room of the arrays at first; it doubles when it is full.
ROOM_MIN = 1024


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
    """Every light with a controller: by controller, and as arrays that grow and never move.

    The place of a light in the arrays stays the same while it is in service, so a change of the
    registry costs what changed, not the size of the estate.
    """

    def __init__(self, lights: Iterable[Light] = ()) -> None:
        self._place: dict[int, int] = {}
        self._free: list[int] = []
        self._lights: list[Light | None] = []
        self._numbers = np.full((len(_NUMBERS), ROOM_MIN), np.nan)
        for light in lights:
            self.put(light)

    def __len__(self) -> int:
        return len(self._place)

    def __iter__(self) -> Iterator[Light]:
        return (light for light in self._lights if light is not None)

    def put(self, light: Light) -> None:
        """Add a light, or replace what was known of its controller."""
        place = self._place.get(light.controller_key)
        if place is None:
            place = self._place[light.controller_key] = self._new_place()
        self._lights[place] = light
        self._numbers[:, place] = _numbers(light)

    def drop(self, controller_key: int) -> None:
        """Forget a light, if it is there."""
        place = self._place.pop(controller_key, None)
        if place is not None:
            self._lights[place] = None
            self._free.append(place)

    def _new_place(self) -> int:
        if self._free:
            return self._free.pop()
        self._lights.append(None)
        room = self._numbers.shape[1]
        if len(self._lights) > room:
            grown = np.full((len(_NUMBERS), 2 * room), np.nan)
            grown[:, :room] = self._numbers
            self._numbers = grown
        return len(self._lights) - 1

    def places(self, controller_keys: Iterable[int]) -> npt.NDArray[np.intp]:
        """The place of each controller's light in the arrays, `NO_LIGHT` where there is none."""
        place = self._place
        return np.array([place.get(key, NO_LIGHT) for key in controller_keys], dtype=np.intp)

    def at(self, place: int) -> Light:
        """The light at a place given by `places`."""
        light = self._lights[place]
        assert light is not None
        return light

    @property
    def lat_deg(self) -> npt.NDArray[np.float64]:
        return self._row("lat_deg")

    @property
    def lon_deg(self) -> npt.NDArray[np.float64]:
        return self._row("lon_deg")

    @property
    def limits(self) -> ScreenLimits:
        """What the screen compares readings with, by place."""
        return ScreenLimits(
            rated_power_w=self._row("rated_power_w"),
            level_min_percent=self._row("level_min_percent"),
            ratio_min=self._row("ratio_min"),
            ratio_max=self._row("ratio_max"),
            off_ratio_max=self._row("off_ratio_max"),
            has_own_curve=self._row("has_own_curve") > 0,
        )

    def _row(self, name: str) -> npt.NDArray[np.float64]:
        row: npt.NDArray[np.float64] = self._numbers[_NUMBERS.index(name)]
        return row


_NUMBERS = (
    "lat_deg",
    "lon_deg",
    "rated_power_w",
    "level_min_percent",
    "ratio_min",
    "ratio_max",
    "off_ratio_max",
    "has_own_curve",
)


def _numbers(light: Light) -> tuple[float, ...]:
    """The columns of `_NUMBERS` for one light."""
    limits = light.thresholds
    return (
        light.lat_deg,
        light.lon_deg,
        np.nan if light.rated_power_w is None else light.rated_power_w,
        light.level_min_percent or LEVEL_MIN_PERCENT,
        max(limits.power_low_healthy_ratio_min, limits.alight_ratio_min),
        limits.power_high_healthy_ratio_max,
        limits.day_dark_ratio_max,
        float(bool(limits.power_curve)),
    )
