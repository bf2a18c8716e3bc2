"""Checks that a file has what its mapping reads."""

from collections.abc import Iterable

from lighting.registry.imports.mapping import MappingSpec
from lighting.registry.imports.model import ImportFileError

GEOMETRY = ("@x", "@y")


def check_columns(found: Iterable[str], mapping: MappingSpec) -> None:
    """Refuse a file without the columns that the mapping needs, or, where it may leave some out,
    one with columns the mapping does not know."""
    there = {*found, *GEOMETRY}
    missing = sorted(mapping.needed_columns - there)
    if missing:
        raise ImportFileError(
            f"the mapping '{mapping.name}' reads columns that the file has not: "
            f"{', '.join(missing)}; choose another mapping"
        )
    unknown = sorted(there - {*mapping.columns, *GEOMETRY, ""})
    if mapping.may_omit and unknown:
        raise ImportFileError(
            f"the mapping '{mapping.name}' does not know the columns {', '.join(unknown)}; rename "
            f"or remove them; it reads: {', '.join(sorted(mapping.columns))}"
        )
