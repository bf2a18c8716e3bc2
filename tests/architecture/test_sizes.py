"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.source import ROOT, modules

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
CONSOLE_FILE_LINES_MAX = 250

# Path (and function) to its present size. Nothing may be added; what shrinks is taken off.
TOO_LONG: Mapping[str, int] = {}

_CONSOLE_SUFFIXES = (".ts", ".svelte", ".css")
_GENERATED = ("schema.d.ts",)


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


def python_files() -> Iterator[tuple[str, int]]:
    """Every Python file of the product and its tests. Migrations are lists of DDL, left out."""
    tests = sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "benchmarks").rglob("*.py"))
    for path in [*(module.path for module in modules()), *tests]:
        yield path.relative_to(ROOT).as_posix(), line_count(path)


def functions() -> Iterator[tuple[str, int]]:
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{module.place}:{node.name}", node.end_lineno - node.lineno + 1


def console_files() -> Iterator[tuple[str, int]]:
    for path in sorted((ROOT / "console" / "src").rglob("*")):
        if path.suffix in _CONSOLE_SUFFIXES and path.name not in _GENERATED:
            yield path.relative_to(ROOT).as_posix(), line_count(path)


def sizes_over(limit: int, sizes: Iterator[tuple[str, int]]) -> dict[str, int]:
    return {place: size for place, size in sizes if size > limit and size > TOO_LONG.get(place, 0)}


def test_no_python_file_is_too_long() -> None:
    assert sizes_over(FILE_LINES_MAX, python_files()) == {}


def test_no_function_is_too_long() -> None:
    assert sizes_over(FUNCTION_LINES_MAX, functions()) == {}


def test_no_console_file_is_too_long() -> None:
    assert sizes_over(CONSOLE_FILE_LINES_MAX, console_files()) == {}


def test_an_exception_that_is_no_longer_needed_is_taken_off_the_list() -> None:
    present = {
        **{place: (size, FILE_LINES_MAX) for place, size in python_files()},
        **{place: (size, FUNCTION_LINES_MAX) for place, size in functions()},
        **{place: (size, CONSOLE_FILE_LINES_MAX) for place, size in console_files()},
    }
    stale = [place for place in TOO_LONG if place not in present or _fits(*present[place])]
    assert stale == []


def _fits(size: int, limit: int) -> bool:
    return size <= limit
