"""Prepares a checkout: Python packages, console, test tools. Does only what is not done yet.

Uses the standard library alone, because nothing is installed when it runs:
`python -m make.prepare runtime console`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from make.step import ROOT, PreparationError, Step, call, digest, perform

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
CONSOLE = ROOT / "console"

# What vite asks for (console/package.json says the same).
NODE_MIN = (20, 19)


def main(wanted: Sequence[str]) -> int:
    """Do the named steps; the answer is the exit code."""
    steps = {step.name: step for step in STEPS}
    try:
        for name in wanted:
            if name == "test-tools":
                install_test_tools()
            else:
                perform(steps[name])
    except PreparationError as error:
        print(f"Preparation stopped: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Preparation was interrupted; the next start goes on from here.", file=sys.stderr)
        return 130
    return 0


# Python packages


def python_inputs(*locks: str) -> str:
    return digest([ROOT / lock for lock in locks], sys.version)


def has_venv() -> bool:
    """True when our virtual environment is there and runs."""
    if not VENV_PYTHON.exists():
        return False
    check = [str(VENV_PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(check, stderr=subprocess.DEVNULL).returncode == 0


def has_pip() -> bool:
    return next(VENV.glob("lib/python*/site-packages/pip"), None) is not None


def install(lock: str) -> None:
    """Install the exact versions of a lock file, each checked against its hash."""
    uv = shutil.which("uv")
    if not has_venv() or not (uv or has_pip()):
        shutil.rmtree(VENV, ignore_errors=True)
        maker = [uv, "venv", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
        call([*maker, str(VENV)])
    if uv:
        # Compiled once here rather than at each start where Python may not write its cache.
        installer = [uv, "pip", "install", "--compile-bytecode", "--python", str(VENV_PYTHON)]
    else:
        installer = [str(VENV_PYTHON), "-m", "pip", "install", "--no-input"]
    call([*installer, "--require-hashes", "--no-deps", "-r", lock])


def install_runtime() -> None:
    install("requirements.lock")


def install_developer() -> None:
    """Everything, and the command `reverbere` on this checkout.

    An editable installation would do the same with a build tool that no lock file covers.
    """
    install("requirements-dev.lock")
    packages = next(VENV.glob("lib/python*/site-packages"))
    (packages / "reverbere.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "reverbere"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(VENV_PYTHON))} -m app "$@"\n')
    command.chmod(0o755)


# Console


def console_sources() -> list[Path]:
    ignored = {"node_modules", "dist"}
    top = (path for path in CONSOLE.iterdir() if path.name not in ignored)
    return [file for path in top for file in ([path] if path.is_file() else path.rglob("*"))]


def console_inputs() -> str:
    return digest(path for path in console_sources() if path.is_file())


def node_tools_inputs() -> str:
    return digest([CONSOLE / "package-lock.json"], ".".join(map(str, node_version()[:1])))


def node_version() -> tuple[int, ...]:
    """The version of Node; a sentence when it is missing or too old."""
    wanted = ".".join(map(str, NODE_MIN))
    advice = f"install Node {wanted} or later (nodejs.org, or your system's packages)"
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise PreparationError(f"Node and npm were not found, the console needs them: {advice}")
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    found = tuple(map(int, re.findall(r"\d+", answer.stdout)))
    if found < NODE_MIN:
        raise PreparationError(f"Node {answer.stdout.strip()} is too old for the console: {advice}")
    return found


def install_node_tools() -> None:
    call(["npm", "ci", "--no-audit", "--no-fund"], folder=CONSOLE)


def build_console() -> None:
    perform(NODE_TOOLS)
    call(["npm", "run", "build"], folder=CONSOLE)


# What only tests need


def install_test_tools() -> None:
    """Chromium and Mosquitto from the system's packages, or word of what will be skipped."""
    missing = [tool for tool in TEST_TOOLS if not any(map(shutil.which, tool.programs))]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [tool.package for tool in missing]
        print(f"Installing {' and '.join(packages)} for the tests…", flush=True)
        call(["apt-get", "update", "-q"])
        # RUNLEVEL=1: install Mosquitto without starting it as a service of this machine.
        call(["env", "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive", *APT_INSTALL, *packages])
        return
    for tool in missing:
        print(f"Skipped: {tool.tests}. To run them, install {tool.package} and start again.")


@dataclass(frozen=True, slots=True)
class TestTool:
    """A program of the system that a group of tests needs."""

    package: str
    programs: Sequence[str]
    tests: str


TEST_TOOLS = (
    TestTool("chromium", ("chromium", "chromium-browser", "google-chrome"), "the browser tests"),
    TestTool("mosquitto", ("mosquitto", "/usr/sbin/mosquitto"), "the tests with a real broker"),
)
APT_INSTALL = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]

NODE_TOOLS = Step(
    "node-tools",
    "Installing the console's tools",
    CONSOLE / "node_modules" / ".prepared",
    node_tools_inputs,
    install_node_tools,
)

STEPS: Sequence[Step] = (
    Step(
        "runtime",
        "Installing Python packages",
        VENV / ".prepared-runtime",
        lambda: python_inputs("requirements.lock"),
        install_runtime,
    ),
    Step(
        "developer",
        "Installing Python packages and development tools",
        VENV / ".prepared-developer",
        lambda: python_inputs("requirements-dev.lock"),
        install_developer,
    ),
    NODE_TOOLS,
    Step(
        "console",
        "Building the console",
        CONSOLE / "dist" / ".prepared",
        console_inputs,
        build_console,
    ),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
