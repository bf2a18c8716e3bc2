"""Checks that a file has what its mapping reads."""

from collections.abc import Iterable

from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import ImportFileError

GEOMETRY = ("@x", "@y")


def check_columns(found: Iterable[str], mapping: MappingSpec) -> None:
    """Refuse a file without the columns that the mapping reads."""
    there = {*found, *GEOMETRY}
    missing = sorted(mapping.columns - there)
    if missing:
        raise ImportFileError(
            f"the mapping '{mapping.name}' reads columns that the file has not: "
            f"{', '.join(missing)}; choose another mapping"
        )
