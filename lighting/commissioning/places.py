"""Which light points are near a place, pure: for proposals that a person confirms."""

from collections.abc import Iterable, Sequence
from math import asin, cos, radians, sin, sqrt

from lighting.commissioning.model import PROPOSAL_DISTANCE_M_MAX, PROPOSALS_MAX, Proposal
from lighting.registry.light_points.model import Box, LightPointView
from lighting.registry.model import AssetState, Place

# Mean radius of the Earth (IUGG).
EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = EARTH_RADIUS_M * radians(1)
# Towards the poles meridians close up; no light stands where this matters.
COSINE_MIN = 0.01


def distance_m(one: Place, other: Place) -> float:
    """Great-circle distance."""
    lat_1, lat_2 = radians(one.lat_deg), radians(other.lat_deg)
    half_lat, half_lon = (lat_2 - lat_1) / 2, radians(other.lon_deg - one.lon_deg) / 2
    chord = sin(half_lat) ** 2 + cos(lat_1) * cos(lat_2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(chord, 1.0)))


def box_around(place: Place, radius_m: float = PROPOSAL_DISTANCE_M_MAX) -> Box:
    """A rectangle that holds the circle."""
    lat = radius_m / METRES_PER_DEGREE
    lon = lat / max(cos(radians(place.lat_deg)), COSINE_MIN)
    return Box(place.lon_deg - lon, place.lat_deg - lat, place.lon_deg + lon, place.lat_deg + lat)


def nearest(
    place: Place, lights: Iterable[LightPointView], *, with_equipped: bool = False
) -> Sequence[Proposal]:
    """The light points nearest to a place, those without controller unless a swap is wanted."""
    found = [
        _proposal(place, light)
        for light in lights
        if light.state is not AssetState.REMOVED and (with_equipped or light.controller is None)
    ]
    near = [one for one in found if one.distance_m <= PROPOSAL_DISTANCE_M_MAX]
    return sorted(near, key=lambda one: (one.distance_m, one.code))[:PROPOSALS_MAX]


def _proposal(place: Place, light: LightPointView) -> Proposal:
    return Proposal(
        light_point_id=light.id,
        code=light.code,
        street=light.street,
        lon_deg=light.lon_deg,
        lat_deg=light.lat_deg,
        distance_m=round(distance_m(place, Place(light.lon_deg, light.lat_deg)), 1),
        controller_address=light.controller.address if light.controller else None,
    )
