"""A short street of the demo city on sun and battery: twelve lamps of one cabinet's list."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from app.demo.catalogue import catalogue
from app.demo.world import World
from lighting.registry.directory.model import ControllerRef
from lighting.solar import service
from lighting.solar.model import Charge
from simulator.solar import Batteries, cloud_of, night_draw_w

CABINET, LAMP_COUNT = 9, 12
PROFILE = "reverbere/solar"
# Residential street; no cable feeds it, whatever list it stands on.
ATTRIBUTES: Mapping[str, Any] = {"lighting_class": "P4", "supply": "solar (generated)"}
REMEMBERED = timedelta(days=7)
STEP = timedelta(minutes=30)
SHARE_AT_FIRST = 0.9


def is_solar(cabinet_number: int, rank: int) -> bool:
    """Whether the lamp of that place in that cabinet's list is one of the street."""
    return cabinet_number == CABINET and rank < LAMP_COUNT


def facts() -> Mapping[str, Any]:
    """What differs from a lamp on the mains."""
    entry = catalogue().solar
    return {
        "model": entry.model,
        "rated_power_w": entry.rated_power_w,
        "cct_k": entry.cct_k,
        "controller_profile": PROFILE,
    }


def batteries_of(lamps: list[tuple[float, float]], seed: int) -> Batteries:
    """The street's batteries a week ago, by the place (latitude, longitude) of each lamp."""
    entry = catalogue().solar
    count = len(lamps)
    lat, lon = (np.array(column, dtype=float) for column in zip(*lamps, strict=True))
    spread = 1 + 0.04 * np.random.default_rng([seed, 11]).normal(size=count)
    return Batteries.of(
        np.full(count, entry.battery_capacity_wh),
        entry.panel_peak_w * spread,
        lat,
        lon,
        SHARE_AT_FIRST,
    )


def live_on(batteries: Batteries, at: datetime, seed: int) -> None:
    """Live through the half hour that ends at an instant, lit while the Sun is down."""
    draw_w = night_draw_w(batteries, at, catalogue().solar.rated_power_w)
    batteries.advance(at, STEP, draw_w, cloud_of(at.timetuple().tm_yday, seed))


async def remember(world: World, now: datetime) -> None:
    """Store what the street's batteries said in the last week, and look ahead."""
    refs = [ref for ref in world.lamps if ref.battery_capacity_wh is not None]
    if not refs:
        return
    async with world.database.session() as session:
        await service.load_history(session, _week(refs, now, world.record.seed))
        await service.look_ahead(session, refs, world.plan.steps_of, now)


def _week(refs: list[ControllerRef], now: datetime, seed: int) -> list[Charge]:
    batteries = batteries_of([(ref.lat_deg, ref.lon_deg) for ref in refs], seed)
    told: list[Charge] = []
    at = now - REMEMBERED
    while at + STEP <= now:
        at += STEP
        live_on(batteries, at, seed)
        told += [
            Charge(
                ref.controller_key,
                at,
                battery_charge_percent=float(batteries.charge_percent[place]),
                battery_voltage_v=float(batteries.voltage_v[place]),
                charge_current_a=float(batteries.current_a[place]),
                panel_power_w=float(batteries.panel_w[place]),
                panel_energy_wh=int(batteries.produced_wh[place]),
            )
            for place, ref in enumerate(refs)
        ]
    return told
