"""Which device model a stranger may be, pure: the profile whose codec reads what it says."""

from collections.abc import Mapping, Sequence
from math import inf

from drivers import profiles
from drivers.contract import Decoded, DecodeError, EventKind
from drivers.profiles.model import Profile
from kit.log import get_logger
from lighting.commissioning.model import Guess
from lighting.ingest.model import Stranger
from lighting.registry.model import Place

log = get_logger()

# What codecs and networks call a position.
PLACE_NAMES = (
    ("lon_deg", "lat_deg"),
    ("longitude", "latitude"),
    ("longitude__deg", "latitude__deg"),
)
# How a profile says that no document tells the port.
ANY_PORT = "any"
# The profiles that can speak on each kind of network, by the network their file names.
FAMILIES: Mapping[str, str] = {"chirpstack": "lorawan", "tts": "lorawan"}


def candidates_of(network: str) -> Sequence[Profile]:
    """The profiles of the models that live on such a network."""
    kind = network.partition(":")[0]
    family = FAMILIES.get(kind, kind)
    return [one for one in profiles.all_profiles() if one.network == family]


def guesses(strangers: Sequence[Stranger]) -> Sequence[Guess]:
    """Profiles that read frames of one device, the likeliest first."""
    said = [one for one in strangers if one.payload]
    if not said:
        return ()
    found = [
        Guess(
            profile.name,
            sum(_reads(profile, one) for one in said),
            len(said),
            inf if _is_on_any_port(profile) else len(profile.uplink_ports),
        )
        for profile in candidates_of(said[0].network)
    ]
    return sorted((one for one in found if one.frames_read), key=lambda one: one.rank)


def best(found: Sequence[Guess]) -> str | None:
    """The one profile that explains the frames best; None where two do it as well."""
    if not found or (len(found) > 1 and found[1].rank == found[0].rank):
        return None
    return found[0].profile


def _reads(profile: Profile, stranger: Stranger) -> bool:
    ports = {port.port for port in profile.uplink_ports}
    if not _is_on_any_port(profile) and stranger.port not in ports:
        return False
    return _decoded(profile.name, stranger) is not None


def _is_on_any_port(profile: Profile) -> bool:
    return not profile.uplink_ports or any(port.port == ANY_PORT for port in profile.uplink_ports)


def place_said(profile: str, stranger: Stranger) -> Place | None:
    """Where the device says it is, in a frame of it read with this profile."""
    decoded = _decoded(profile, stranger)
    if decoded is None:
        return None
    for event in decoded.events:
        if event.kind == EventKind.LOCATION:
            return place_in(event.detail)
    return None


def place_in(detail: Mapping[str, object]) -> Place | None:
    """A position among words a device or network says; None when there is none."""
    for lon_name, lat_name in PLACE_NAMES:
        lon_deg, lat_deg = _number(detail.get(lon_name)), _number(detail.get(lat_name))
        if lon_deg is not None and lat_deg is not None:
            is_on_earth = abs(lon_deg) <= 180 and abs(lat_deg) <= 90
            # 0, 0 is what receivers without a fix say.
            return Place(lon_deg, lat_deg) if is_on_earth and (lon_deg or lat_deg) else None
    return None


def _number(value: object) -> float | None:
    """A number, also one written as text, as some vendors' codecs do."""
    if not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _decoded(profile: str, stranger: Stranger) -> Decoded | None:
    if not stranger.payload:
        return None
    try:
        codec = profiles.listener(profile)
        return codec.decode_uplink(stranger.port, stranger.payload, stranger.at)
    except (DecodeError, profiles.ProfileError):
        return None
    except Exception:  # a codec that crashes on a stranger's frame does not read it
        log.exception("codec crashed on a stranger", profile=profile)
        return None
