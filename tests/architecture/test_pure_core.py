"""Decisions and codecs are pure: no database, no network, no clock, no web framework."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.architecture.source import Module, modules

PURE_FILES = ("model.py", "rules.py", "compute.py")

# The few files and folders of these packages that touch the world; everything else in them is pure.
SHELL_OF_SCHEDULES = (
    "tables.py",
    "repository.py",
    "service.py",
    "schemas.py",
    "routes.py",
    "jobs.py",
)
SHELL_OF_DRIVERS = {"mqtt", "server"}
# Files of any driver that hold its connection; everything else in it is pure.
SHELL_FILES_OF_DRIVERS = (
    "api.py",
    "bus.py",
    "chirpstack_api.py",
    "connection.py",
    "link.py",
    "server.py",
    "spool.py",
    "unit.py",
)

FORBIDDEN_IMPORTS = (
    # database
    "alembic",
    "asyncpg",
    "kit.db",
    "psycopg",
    "sqlalchemy",
    "sqlmodel",
    # network and processes
    "aiocoap",
    "asyncio",
    "httpx",
    "paho",
    "pymodbus",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "urllib.request",
    # clock
    "kit.clock.SystemClock",
    "time",
    # web
    "fastapi",
    "kit.http",
    "starlette",
    "uvicorn",
)
FORBIDDEN_FILES = ("tables", "repository", "service", "routes", "jobs")
CLOCK_CALLS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")


def is_pure(place: str) -> bool:
    """True for the files that must stay values in, values out."""
    path = PurePosixPath(place)
    if path.name in PURE_FILES:
        return True
    if path.parts[0] == "schedules":
        return path.name not in SHELL_OF_SCHEDULES
    is_shell = bool(SHELL_OF_DRIVERS & set(path.parts[1:-1])) or path.name in SHELL_FILES_OF_DRIVERS
    return path.parts[0] == "drivers" and not is_shell


def is_forbidden(name: str) -> bool:
    """True for what a pure file may not import."""
    if any(name == banned or name.startswith(f"{banned}.") for banned in FORBIDDEN_IMPORTS):
        return True
    return any(part in FORBIDDEN_FILES for part in name.split(".")[1:])


def impurities(module: Module) -> list[str]:
    """What keeps a file from being pure."""
    imported = [f"imports {name}" for name in sorted(set(module.imports())) if is_forbidden(name)]
    clocks = [
        f"line {line} calls {name}()"
        for line, name in module.calls()
        if any(name == clock or name.endswith(f".{clock}") for clock in CLOCK_CALLS)
    ]
    return imported + clocks


def test_the_core_is_pure() -> None:
    found = {module.place: impurities(module) for module in modules() if is_pure(module.place)}
    assert {place: reasons for place, reasons in found.items() if reasons} == {}


@pytest.mark.parametrize(
    "place", ["schedules/sun.py", "lighting/faults/rules.py", "drivers/lorawan/nas/decode.py"]
)
def test_what_counts_as_core(place: str) -> None:
    assert is_pure(place)


@pytest.mark.parametrize(
    "place", ["schedules/service.py", "lighting/faults/service.py", "drivers/mqtt/link.py"]
)
def test_what_counts_as_shell(place: str) -> None:
    assert not is_pure(place)


def reads_environment(module: Module) -> bool:
    attributes = (node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))
    named = {*module.imports(), *(ast.unparse(attribute) for attribute in attributes)}
    return bool(named & {"os.environ", "os.getenv"})


def test_only_the_settings_read_the_environment() -> None:
    readers = [module.place for module in modules() if reads_environment(module)]
    assert [place for place in readers if not place.startswith("app/")] == ["kit/settings.py"]
