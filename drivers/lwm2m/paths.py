"""Where a value of a device lives: object, instance, resource, and instance of the resource."""

import re
from typing import NamedTuple

from drivers.errors import InvalidAddressError

ABSENT = 0xFFFF
"""Stands where a path ends; LwM2M keeps 65535 from being an identifier (TS Core 1.1, 7.2)."""

_PATH = re.compile(r"(?:/([0-9]{1,5})){0,4}/?")


class Path(NamedTuple):
    """A place in a device; the root `/` has no part."""

    object_id: int = ABSENT
    instance_id: int = ABSENT
    resource_id: int = ABSENT
    resource_instance_id: int = ABSENT

    @property
    def parts(self) -> tuple[int, ...]:
        """The identifiers that are there."""
        return tuple(part for part in self if part != ABSENT)

    @property
    def depth(self) -> int:
        """How many identifiers are there: 0 for the root, 3 for a resource."""
        return len(self.parts)

    def __str__(self) -> str:
        return "/" + "/".join(str(part) for part in self.parts)

    def child(self, *identifiers: int) -> "Path":
        """The place below this one; raises `DecodeError` when nothing can be there."""
        return path_of((*self.parts, *identifiers))


ROOT = Path()


def path_of(parts: tuple[int, ...]) -> Path:
    """A path from its identifiers; raises `DecodeError`."""
    if len(parts) > len(ROOT) or any(not 0 <= part < ABSENT for part in parts):
        raise InvalidAddressError(f"{parts} is no place of a device")
    return Path(*parts)


def parse_path(text: str) -> Path:
    """A path as devices write it, `/3416/0/3`; raises `DecodeError`."""
    if not _PATH.fullmatch(text):
        raise InvalidAddressError(f"{text[:60]!r} is no path of up to four numbers")
    return path_of(tuple(int(part) for part in text.split("/") if part))
