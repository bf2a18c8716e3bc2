"""Device profiles out of their files, each with the code its codec stands for."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from drivers.contract import PROTOCOLS, Ability, Listens
from drivers.profiles import files
from drivers.profiles.codecs import KINDS, Kind
from drivers.profiles.files import names
from drivers.profiles.model import (
    Codec,
    Profile,
    ProfileError,
    ProfileFile,
    RecordedFrame,
    RecordedOrder,
)


class Entry(NamedTuple):
    """A profile and the code its codec stands for."""

    profile: Profile
    driver: object


def load(name: str) -> Profile:
    """The profile of that name; raises `ProfileError` saying what is wrong in its file."""
    return _entry(name).profile


def driver(name: str) -> object:
    """The code behind a profile; its abilities are those the profile claims."""
    return _entry(name).driver


@cache
def listener(name: str) -> Listens:
    """The codec of what a model sends; `ProfileError` when nobody published how to read it."""
    codec = driver(name)
    if not isinstance(codec, Listens):
        raise ProfileError(f"{name} does not listen: how to read its frames is not published")
    return codec


def all_profiles() -> Sequence[Profile]:
    return tuple(load(name) for name in names())


@cache
def frames(name: str) -> Sequence[RecordedFrame]:
    """Recorded frames of a profile, none when it has no such file."""
    load(name)
    return tuple(files.read_beside(name, files.FRAMES, list[RecordedFrame]) or ())


@cache
def orders(name: str) -> Sequence[RecordedOrder]:
    """Published orders of a profile, none when it has no such file."""
    load(name)
    return tuple(files.read_beside(name, files.ORDERS, list[RecordedOrder]) or ())


@cache
def _entry(name: str) -> Entry:
    return read_profile(name, files.profile_text(name))


def read_profile(name: str, text: str, kinds: Mapping[str, Kind] = KINDS) -> Entry:
    """A profile from the text of its file, and its code; raises `ProfileError`."""
    file = files.parse(name, text, ProfileFile)
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
        lorawan=file.lorawan,
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
    return Codec(kind, files.convert(f"{name}.yaml: codec.{kind}", content, kinds[kind].shape))


def _build(name: str, codec: Codec, kinds: Mapping[str, Kind]) -> object:
    try:
        return kinds[codec.kind].build(codec.content)
    except ValueError as error:
        raise ProfileError(f"{name}.yaml: codec.{codec.kind}: {error}") from error


def abilities_of(driver: object) -> frozenset[Ability]:
    """What the code of a driver can do."""
    return frozenset(each for each, protocol in PROTOCOLS.items() if isinstance(driver, protocol))
