"""Reads device profiles and their recorded frames from the YAML files beside this one."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import yaml

from drivers.contract import PROTOCOLS, Ability, Listens
from drivers.profiles.codecs import KINDS, Kind
from drivers.profiles.model import Codec, Profile, ProfileError, ProfileFile, RecordedFrame

T = TypeVar("T")

_FOLDER = Path(__file__).parent
_FRAMES_SUFFIX = ".frames"


class Entry(NamedTuple):
    """A profile and the code its codec stands for."""

    profile: Profile
    driver: Listens


def load(name: str) -> Profile:
    """The profile of that name; raises `ProfileError` saying what is wrong in its file."""
    return _entry(name).profile


def driver(name: str) -> Listens:
    """The code behind a profile; its other abilities are those the profile claims."""
    return _entry(name).driver


@cache
def names() -> Sequence[str]:
    """Names of all profiles: their files without ending, sorted."""
    paths = (path.relative_to(_FOLDER).with_suffix("") for path in _FOLDER.rglob("*.yaml"))
    return tuple(sorted(p.as_posix() for p in paths if not p.name.endswith(_FRAMES_SUFFIX)))


def all_profiles() -> Sequence[Profile]:
    return tuple(load(name) for name in names())


@cache
def frames(name: str) -> Sequence[RecordedFrame]:
    """Recorded frames of a profile, none when it has no such file."""
    load(name)
    path = _FOLDER / f"{name}{_FRAMES_SUFFIX}.yaml"
    if not path.exists():
        return ()
    return tuple(_read(f"{name}{_FRAMES_SUFFIX}", path.read_text("utf-8"), list[RecordedFrame]))


@cache
def _entry(name: str) -> Entry:
    if name not in names():
        raise ProfileError(f"profile {name!r} does not exist; there are: {', '.join(names())}")
    return read_profile(name, (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def read_profile(name: str, text: str, kinds: Mapping[str, Kind] = KINDS) -> Entry:
    """A profile from the text of its file, and its code; raises `ProfileError`."""
    file = _read(name, text, ProfileFile)
    if file.profile != name:
        raise ProfileError(f"{name}.yaml: profile is {file.profile!r}, the file says {name!r}")
    if file.expected_period_s <= 0:
        raise ProfileError(f"{name}.yaml: expected_period_s must be positive")
    codec = _codec(name, file.codec, kinds)
    code = _build(name, codec, kinds)
    lacking = set(file.abilities) - abilities_of(code)
    if lacking:
        raise ProfileError(
            f"{name}.yaml: abilities {', '.join(sorted(lacking))}: its {codec.kind} lacks them"
        )
    profile = Profile(
        name=name,
        manufacturer=file.manufacturer,
        model=file.model,
        network=file.network,
        codec=codec,
        abilities=frozenset(file.abilities),
        quality=file.quality,
        source=file.source,
        expected_period=timedelta(seconds=file.expected_period_s),
        uplink_ports=tuple(file.uplink_ports),
        power=file.power,
        quirks=tuple(file.quirks),
    )
    return Entry(profile, code)


def _codec(name: str, said: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Codec:
    """What stands under `codec`, in the shape of its kind."""
    known = f"write one of: {', '.join(kinds)}"
    if len(said) != 1:
        raise ProfileError(f"{name}.yaml: codec has {len(said)} kinds; {known}")
    kind, content = next(iter(said.items()))
    if kind not in kinds:
        raise ProfileError(f"{name}.yaml: codec: {kind!r} is no kind; {known}")
    return Codec(kind, _convert(f"{name}.yaml: codec.{kind}", content, kinds[kind].shape))


def _build(name: str, codec: Codec, kinds: Mapping[str, Kind]) -> Listens:
    try:
        return kinds[codec.kind].build(codec.content)
    except ValueError as error:
        raise ProfileError(f"{name}.yaml: codec.{codec.kind}: {error}") from error


def abilities_of(driver: object) -> frozenset[Ability]:
    """What the code of a driver can do."""
    return frozenset(each for each, protocol in PROTOCOLS.items() if isinstance(driver, protocol))


def _read(name: str, text: str, kind: type[T]) -> T:
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProfileError(f"{name}.yaml is not YAML: {error}") from error
    return _convert(f"{name}.yaml", content, kind)


def _convert(place: str, content: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{place}: {error}") from error
