"""The long run of the codecs' fuzzing: `make fuzz INPUTS=1000000`, or this module by itself.

With Atheris installed (`pip install atheris`, Python up to 3.13) the inputs follow the coverage of
our code; without it they are accidents to recorded frames, as in the usual suite, from a seed.

    python -m make.fuzz --inputs 100000 --profile nas/ul20xx
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

INPUTS = 100_000


def main(words: Sequence[str] | None = None) -> int:
    """Every codec in turn; the answer is the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, help="frames for each codec")
    parser.add_argument("--profile", action="append", help="one codec only; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["coverage", "accidents"], help="what is at hand")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.child:
        return follow_coverage(given.profile[0], given.inputs, given.seed)
    has_atheris = importlib.util.find_spec("atheris") is not None
    engine = given.engine or ("coverage" if has_atheris else "accidents")
    print(f"engine: {engine}; {given.inputs:,} frames a codec; seed {given.seed}", flush=True)
    names = given.profile or listening_names()
    run = coverage_apart if engine == "coverage" else have_accidents
    failed = [name for name in names if not run(name, given.inputs, given.seed)]
    print(
        f"{len(names) - len(failed)} of {len(names)} codecs held"
        + "".join(f"\n  FAILED {name}" for name in failed)
    )
    return 1 if failed else 0


def listening_names() -> list[str]:
    from tests.drivers.profiles.fuzzing import listening

    return [profile.name for profile in listening()]


def have_accidents(name: str, inputs: int, seed: int) -> bool:
    """Accidents to recorded frames; whether the codec held."""
    from tests.drivers.profiles.fuzzing import damaged, judge

    random = Random(f"{name} {seed}")
    read, slowest_s, slowest = 0, 0.0, b""
    began = time.perf_counter()
    for _ in range(inputs):
        port, payload = damaged(random, name)
        start = time.process_time()
        try:
            read += judge(name, port, payload)
        except Exception as error:
            print(f"{name}: port {port}, frame {payload.hex()}: {type(error).__name__}: {error}")
            return False
        spent_s = time.process_time() - start
        if spent_s > slowest_s:
            slowest_s, slowest = spent_s, payload
    took_s = time.perf_counter() - began
    print(
        f"{name:<28} {inputs:>10,} frames, {read / inputs:>4.0%} read, {took_s:6.1f} s,"
        f" slowest {slowest_s * 1e3:.1f} ms ({len(slowest)} bytes)",
        flush=True,
    )
    return True


def coverage_apart(name: str, inputs: int, seed: int) -> bool:
    """Inputs that follow coverage, in a process of its own: libFuzzer ends the one it runs in."""
    options = ["--profile", name, "--inputs", str(inputs), "--seed", str(seed)]
    began = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-m", "make.fuzz", "--child", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode != 0:
        print(f"{name}: exit code {child.returncode}\n{child.stdout}{child.stderr}")
        return False
    lines = child.stderr.splitlines()
    covered = next((line for line in reversed(lines) if "cov:" in line), "").split("exec/s")[0]
    took_s = time.perf_counter() - began
    print(f"{name:<28} {inputs:>10,} frames, {took_s:6.1f} s; {covered.strip()}", flush=True)
    return True


def follow_coverage(name: str, inputs: int, seed: int) -> int:
    """The child's part: first byte of an input names the port, the rest is the frame."""
    import atheris

    with atheris.instrument_imports(include=["drivers"]):
        from tests.drivers.profiles.fuzzing import FRAME_BYTES_MAX, judge, ports, seeds

    known = ports(name)

    def one(data: bytes) -> None:
        if data:
            judge(name, known[data[0] % len(known)], data[1:])

    with tempfile.TemporaryDirectory() as folder:
        for number, (port, frame) in enumerate(seeds(name)):
            place = known.index(port) if port in known else 0
            Path(folder, str(number)).write_bytes(bytes((place,)) + frame)
        limits = [f"-runs={inputs}", f"-seed={seed}", f"-max_len={FRAME_BYTES_MAX}", "-timeout=5"]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", folder], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
