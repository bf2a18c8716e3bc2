"""Reads device profiles and their recorded frames from the YAML files beside this one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from drivers.contract import PROTOCOLS, Ability, Listens
from drivers.profiles.drivers import DRIVERS
from drivers.profiles.model import Profile, ProfileError, ProfileFile, RecordedFrame

T = TypeVar("T")

_FOLDER = Path(__file__).parent
_FRAMES_SUFFIX = ".frames"


@cache
def load(name: str) -> Profile:
    """The profile of that name; raises `ProfileError` saying what is wrong in its file."""
    if name not in names():
        raise ProfileError(f"profile {name!r} does not exist; there are: {', '.join(names())}")
    return read_profile(name, (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def names() -> Sequence[str]:
    """Names of all profiles: their files without ending, sorted."""
    paths = (path.relative_to(_FOLDER).with_suffix("") for path in _FOLDER.rglob("*.yaml"))
    return tuple(sorted(p.as_posix() for p in paths if not p.name.endswith(_FRAMES_SUFFIX)))


def all_profiles() -> Sequence[Profile]:
    return tuple(load(name) for name in names())


def driver(name: str) -> Listens:
    """The code behind a profile; its other abilities are those the profile claims."""
    return DRIVERS[load(name).driver]


@cache
def frames(name: str) -> Sequence[RecordedFrame]:
    """Recorded frames of a profile, none when it has no such file."""
    load(name)
    path = _FOLDER / f"{name}{_FRAMES_SUFFIX}.yaml"
    if not path.exists():
        return ()
    return tuple(_read(f"{name}{_FRAMES_SUFFIX}", path.read_text("utf-8"), list[RecordedFrame]))


def read_profile(name: str, text: str, drivers: Mapping[str, Listens] = DRIVERS) -> Profile:
    """A profile from the text of its file; raises `ProfileError`."""
    file = _read(name, text, ProfileFile)
    if file.profile != name:
        raise ProfileError(f"{name}.yaml: profile is {file.profile!r}, the file says {name!r}")
    if file.driver not in drivers:
        raise ProfileError(
            f"{name}.yaml: driver {file.driver!r} does not exist; there are: {', '.join(drivers)}"
        )
    if file.expected_period_s <= 0:
        raise ProfileError(f"{name}.yaml: expected_period_s must be positive")
    able = abilities_of(drivers[file.driver])
    if not able.issuperset(file.abilities):
        lacking = ", ".join(sorted(set(file.abilities) - able))
        raise ProfileError(f"{name}.yaml: driver {file.driver} lacks the abilities {lacking}")
    return Profile(
        name=name,
        manufacturer=file.manufacturer,
        model=file.model,
        network=file.network,
        driver=file.driver,
        abilities=frozenset(file.abilities),
        quality=file.quality,
        source=file.source,
        expected_period=timedelta(seconds=file.expected_period_s),
        uplink_ports=tuple(file.uplink_ports),
        power=file.power,
        quirks=tuple(file.quirks),
    )


def abilities_of(driver: object) -> frozenset[Ability]:
    """What the code of a driver can do."""
    return frozenset(each for each, protocol in PROTOCOLS.items() if isinstance(driver, protocol))


def _read(name: str, text: str, kind: type[T]) -> T:
    try:
        content: Any = yaml.safe_load(text)
        return msgspec.convert(content, kind)
    except yaml.YAMLError as error:
        raise ProfileError(f"{name}.yaml is not YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise ProfileError(f"{name}.yaml: {error}") from error
