"""The product's own source, as the architecture tests read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "gmao", "lighting", "schedules", "drivers", "kit", "simulator")

# Packages whose sub-packages are the domain folders; the others are one folder each.
_CONTAINERS = ("app", "gmao", "lighting", "kit")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of ours."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """`lighting.registry.service`."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def place(self) -> str:
        """`lighting/registry/service.py`."""
        return self.path.relative_to(ROOT).as_posix()

    def imports(self) -> Iterator[str]:
        """Every module or name imported, anywhere in the file: `kit.db`, `kit.db.Database`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def calls(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of every call: `datetime.now`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node.lineno, ast.unparse(node.func)


@cache
def modules() -> tuple[Module, ...]:
    """All of the product's Python files."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple(Module(path, ast.parse(path.read_text())) for path in paths)


def folder_of(module_name: str) -> str:
    """The domain folder a module lives in: `lighting.registry`, `schedules`."""
    parts = module_name.split(".")
    return ".".join(parts[:2] if parts[0] in _CONTAINERS else parts[:1])
