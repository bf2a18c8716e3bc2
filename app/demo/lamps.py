"""The simulated lamps behind the registry's controllers, and the gateways that hear them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.demo.district import flat_metres
from lighting.registry.directory.model import ControllerRef
from simulator.city import City
from simulator.model import Lamp
from simulator.servers import SERVERS

GATEWAY_COUNT = 6
GATEWAY_ADDRESS = "02de3000000000{:02x}"
# Luminaires of one model draw within some per cent of what the plate says.
POWER_SPREAD = 0.02
STANDBY_POWER_W = 0.8


@dataclass(frozen=True, slots=True)
class SitedGateway:
    """A radio gateway and where it stands, in degrees."""

    address: str
    lon_deg: float
    lat_deg: float


def site_gateways(refs: Sequence[ControllerRef]) -> list[SitedGateway]:
    """Gateways spread over the district: each as far as can be from those before it."""
    metres = _metres(refs)
    sites = [int(np.argmin(np.hypot(*(metres - metres.mean(axis=0)).T)))]
    for _ in range(min(GATEWAY_COUNT, len(refs)) - 1):
        distance = np.min([np.hypot(*(metres - metres[site]).T) for site in sites], axis=0)
        sites.append(int(np.argmax(distance)))
    return [
        SitedGateway(GATEWAY_ADDRESS.format(number), refs[site].lon_deg, refs[site].lat_deg)
        for number, site in enumerate(sites, start=1)
    ]


def followed(city: City, refs: Sequence[ControllerRef], seed: int) -> City:
    """The city as the registry has it now: lamps that were there keep their counters and faults,
    whatever controller speaks for them; new ones begin; those no longer there are gone."""
    place_of = {lamp.site: place for place, lamp in enumerate(city.lamps)}
    fresh = simulated(refs, site_gateways(refs), seed)
    before = [place_of.get(lamp.site) for lamp in fresh]
    lamps = [
        new if old is None else replace(city.lamps[old], address=new.address, network=new.network)
        for new, old in zip(fresh, before, strict=True)
    ]
    now_at = {old: place for place, old in enumerate(before) if old is not None}
    faults = [
        replace(fault, lamp=now_at[fault.lamp]) for fault in city.faults if fault.lamp in now_at
    ]
    following = City(lamps, city.at, faults, seed)
    known = np.array([old is not None for old in before], dtype=bool)
    olds = np.array([old for old in before if old is not None], dtype=np.intp)
    following.level_percent[known] = city.level_percent[olds]
    following.energy_wh[known] = city.energy_wh[olds]
    following.burning_s[known] = city.burning_s[olds]
    return following


def simulated(
    refs: Sequence[ControllerRef], gateways: Sequence[SitedGateway], seed: int
) -> list[Lamp]:
    """A lamp for each controller; on radio, it is heard by the gateway nearest to it."""
    metres = _metres(refs)
    sites = np.array([[one.lon_deg, one.lat_deg] for one in gateways])
    sites_m = flat_metres(sites[:, 0], sites[:, 1], float(np.mean([ref.lat_deg for ref in refs])))
    nearest = np.argmin(np.hypot(*(metres[:, None, :] - sites_m[None, :, :]).T), axis=0)
    spread = np.random.default_rng([seed, 3]).normal(1.0, POWER_SPREAD, len(refs))
    return [
        Lamp(
            address=ref.address,
            network=ref.network,
            gateway_id=gateways[int(gateway)].address if _is_radio(ref) else "",
            rated_power_w=round((ref.rated_power_w or 0.0) * float(ratio), 2),
            standby_power_w=STANDBY_POWER_W if ref.standby_power_w is None else ref.standby_power_w,
            lat_deg=ref.lat_deg,
            lon_deg=ref.lon_deg,
            site=str(ref.light_point_id),
            cabinet=str(ref.cabinet_id or ""),
        )
        for ref, gateway, ratio in zip(refs, nearest, spread, strict=True)
    ]


def _is_radio(ref: ControllerRef) -> bool:
    return ref.network.partition(":")[0] in SERVERS


def _metres(refs: Sequence[ControllerRef]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return flat_metres(
        np.array([ref.lon_deg for ref in refs]), np.array([ref.lat_deg for ref in refs])
    )
