"""Device profiles: what each model can do, as data, with recorded frames as proof."""

from drivers.profiles.desk import as_json, decode_as_json
from drivers.profiles.files import names
from drivers.profiles.loader import all_profiles, driver, frames, listener, load, orders
from drivers.profiles.model import Profile, ProfileError, Quality

__all__ = [
    "Profile",
    "ProfileError",
    "Quality",
    "all_profiles",
    "as_json",
    "decode_as_json",
    "driver",
    "frames",
    "listener",
    "load",
    "names",
    "orders",
]
