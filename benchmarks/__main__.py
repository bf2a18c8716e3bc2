"""Runs the benchmarks one after the other, each in a process of its own, and sums them up."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def names() -> list[str]:
    """Every benchmark of this folder; a name with an underscore in front is a part of others."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def named(word: str) -> str:
    """The benchmark called so: by its name, or by its number in the design (`P1`)."""
    if word[:1] in "pP" and word[1:].isdigit():
        beginning = f"p{int(word[1:]):02d}_"
        return next((name for name in names() if name.startswith(beginning)), word)
    return word


def measure(name: str) -> dict[str, Any] | None:
    """Run one benchmark, show what it says, and keep its last line; nothing when it fails."""
    print(f"\n== {name}", flush=True)
    last = ""
    with subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            last = line if line.strip() else last
    if running.returncode != 0:
        return None
    result: dict[str, Any] = json.loads(last)
    return result


def main(wanted: Sequence[str]) -> int:
    """Run the wanted benchmarks (all without a word); the answer is the exit code."""
    results = {name: measure(name) for name in map(named, wanted or names())}
    print()
    for name, result in results.items():
        if result is None:
            print(f"{name}: FAILED")
        else:
            ratio = result.get("ratio")
            share = "" if ratio is None else f"  ({ratio:.2f} of the bare limit)"
            print(f"{result['id']:<4} {result['value']:>12} {result['unit']}{share}")
    return 1 if None in results.values() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
