"""The YAML files beside this one: profiles, and what stands beside a profile with an ending more.

`<maker>/<model>.yaml` is a profile, `….frames.yaml` what its devices sent, `….orders.yaml` what
they took, `….records.yaml` records that layouts of several models share.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from drivers.profiles.model import ProfileError

T = TypeVar("T")

FRAMES, ORDERS, RECORDS = ".frames", ".orders", ".records"

_FOLDER = Path(__file__).parent


@cache
def names() -> Sequence[str]:
    """Names of all profiles: their files without ending, sorted."""
    paths = (path.relative_to(_FOLDER).with_suffix("") for path in _FOLDER.rglob("*.yaml"))
    return tuple(sorted(p.as_posix() for p in paths if p.suffix not in (FRAMES, ORDERS, RECORDS)))


def profile_text(name: str) -> str:
    """What the file of a profile holds; raises `ProfileError`."""
    if name not in names():
        raise ProfileError(f"profile {name!r} does not exist; there are: {', '.join(names())}")
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def read_beside(name: str, ending: str, kind: type[T]) -> T | None:
    """The file of that name and ending in the shape of `kind`; None when there is none."""
    path = _FOLDER / f"{name}{ending}.yaml"
    if not path.exists():
        return None
    return parse(f"{name}{ending}", path.read_text(encoding="utf-8"), kind)


def parse(name: str, text: str, kind: type[T]) -> T:
    """YAML in the shape of `kind`; raises `ProfileError` naming file and place."""
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProfileError(f"{name}.yaml is not YAML: {error}") from error
    return convert(f"{name}.yaml", content, kind)


def convert(place: str, content: Any, kind: type[T]) -> T:
    """Plain values in the shape of `kind`; raises `ProfileError` naming the place."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{place}: {error}") from error
