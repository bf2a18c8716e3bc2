"""What the documents mention exists: links, files, modules, make targets, subcommands."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT

TOP_FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
_TOP_FOLDERS = (*PACKAGES, "benchmarks", "console", "deploy", "docs", "migrations", "tests", ".ci")

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_PATH = re.compile(rf"^(?:{'|'.join(map(re.escape, _TOP_FOLDERS))})/[\w./*-]*$")
_MODULE = re.compile(rf"^(?:{'|'.join(PACKAGES)})(?:\.\w+)+$")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


def documents() -> list[Path]:
    """Every document a person may read."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return [ROOT / name for name in TOP_FILES] + pages


def anchors(page: Path) -> set[str]:
    """The names other pages can point at: headings as GitHub writes them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text()))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}


def dead_links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        if re.match(r"^[a-z]+:", target):
            continue  # another site: not followed from a test
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        if not goal.exists() or (anchor and goal.suffix == ".md" and anchor not in anchors(goal)):
            yield target


def dead_mentions(page: Path) -> Iterator[str]:
    for mention in _CODE.findall(_FENCE.sub("", page.read_text())):
        if (_PATH.match(mention) and not any(ROOT.glob(mention.rstrip("/")))) or (
            _MODULE.match(mention) and not can_be_found(mention)
        ):
            yield mention


def can_be_found(dotted: str) -> bool:
    """True when `kit.db.Database` is a module, or a name in one."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_document_points_at_things_that_exist(page: Path) -> None:
    assert list(dead_links(page)) == []
    assert list(dead_mentions(page)) == []


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_document_names_make_targets_that_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    known = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE))
    assert named - known == set()
