"""Another folder's tables and queries are private: it is used through its service."""

import re

from tests.architecture.source import PACKAGES, Module, folder_of, modules

_PRIVATE = re.compile(rf"^(?:{'|'.join(PACKAGES)})\..*\b(?:tables|repository)\b")


def intrusions(module: Module) -> list[str]:
    """Imports of private files that belong to another folder."""
    home = folder_of(module.name)
    private = {name for name in module.imports() if _PRIVATE.match(name)}
    return sorted(name for name in private if folder_of(name) != home)


def test_tables_and_repositories_are_used_by_their_own_folder_only() -> None:
    found = {module.place: intrusions(module) for module in modules()}
    assert {place: names for place, names in found.items() if names} == {}
