"""P1: uplinks a second, from MQTT publish at QoS 1 to committed reading.

Everything is real and on this machine: Mosquitto with unbounded queues, a publisher in a process
of its own sending ChirpStack JSON of NAS controllers, PostgreSQL as the product starts it (fsync
on), and the product's own intake: codec, latest state, energy marks, order answers, fault rules.
The bare limit is measured in the same run: the same link, three fields of the JSON, COPY into a
table without key or index.

    python -m benchmarks.p01_ingest --seconds 60 --workers 1
"""

import argparse
import asyncio
import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.process import BaseProcess

from benchmarks._estate import build_estate
from benchmarks._ingest_workers import Job, bare_worker, product_worker
from benchmarks._processes import CpuMeter
from benchmarks._services import migrated_postgres, mosquitto
from benchmarks._uplinks import Counters, publish
from kit.db import Database
from lighting.telemetry import service as telemetry

TARGET_PER_S = 20_000
WINDOW_S = 5.0
DRAIN_WAIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure."""

    seconds: float
    bare_seconds: float
    warm_up_s: float
    workers: int
    lights: int
    rate: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What one phase did."""

    per_s: float
    slowest_window_per_s: float
    published: int
    committed: int
    cpu_us: dict[str, float]
    """Processor time a message, by program."""


def main() -> None:
    """Measure and print; the last line is the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--bare-seconds", type=float, default=20.0)
    parser.add_argument("--warm-up", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--lights", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=0.0, help="messages/s; 0: as fast as taken")
    given = parser.parse_args()
    options = Options(
        given.seconds, given.bare_seconds, given.warm_up, given.workers, given.lights, given.rate
    )
    run(options)


def run(options: Options) -> None:
    """Both phases on fresh services, then the figures."""
    with migrated_postgres() as url:
        asyncio.run(_prepare(url, options.lights))
        bare = _phase("bare", bare_worker, url, options, options.bare_seconds)
        _tell("bare MQTT -> COPY", bare)
        product = _phase("product", product_worker, url, options, options.seconds)
        _tell("product", product)
        stored = asyncio.run(_stored(url))
        print(f"readings stored: {stored:,} of {product.published:,} published")
        if stored != product.published:
            raise SystemExit("not every published reading is stored exactly once")
    print(
        json.dumps(
            {
                "id": "P1",
                "value": round(product.per_s),
                "unit": "uplinks/s",
                "bare_limit": round(bare.per_s),
                "ratio": round(product.per_s / bare.per_s, 3),
            }
        )
    )


async def _prepare(url: str, light_count: int) -> None:
    now = datetime.now(UTC)
    database = Database(url)
    await build_estate(database, light_count, now - timedelta(days=30))
    async with database.session() as session:
        await telemetry.ensure_partitions(session, now)
    await database.close()


async def _stored(url: str) -> int:
    database = Database(url)
    async with database.session() as session:
        count = await telemetry.count_readings(session)
    await database.close()
    return count


def _phase(
    name: str, worker: Callable[[Job, int], None], url: str, options: Options, seconds: float
) -> Measured:
    """Start broker, workers and publisher, measure between warm-up and end, let the queue run
    empty. Each phase has a broker of its own: a session left behind would go on filling."""
    context = multiprocessing.get_context("spawn")
    counters = Counters(*(context.Value("q", 0) for _ in Counters._fields))
    ready = context.Semaphore(0)
    with mosquitto() as broker:
        address = (broker.host, broker.port)
        job = Job(name, url, address, options.workers, counters, ready)
        workers = [
            context.Process(target=worker, args=(job, number)) for number in range(options.workers)
        ]
        publisher = context.Process(
            target=publish, args=(*address, options.lights, counters, options.rate)
        )
        try:
            for one in workers:
                one.start()
            for _ in workers:
                while not ready.acquire(timeout=1.0):
                    _check(workers)
            publisher.start()
            return _measure(counters, workers, publisher, options.warm_up_s, seconds)
        finally:
            for one in (publisher, *workers):
                if one.is_alive():
                    one.terminate()
                    one.join()


def _measure(
    counters: Counters,
    workers: Sequence[BaseProcess],
    publisher: BaseProcess,
    warm_up_s: float,
    seconds: float,
) -> Measured:
    while counters.committed.value == 0:
        _check(workers)
        time.sleep(0.05)
    time.sleep(warm_up_s)
    meter = CpuMeter({"workers": [one.pid for one in workers], "publisher": [publisher.pid]})
    samples = [(time.monotonic(), counters.committed.value)]
    while samples[-1][0] - samples[0][0] < seconds:
        time.sleep(min(WINDOW_S, seconds))
        _check(workers)
        samples.append((time.monotonic(), counters.committed.value))
    taken = samples[-1][1] - samples[0][1]
    cpu_us = {name: spent_s / taken * 1e6 for name, spent_s in meter.spent_s().items()}
    counters.should_stop.value = 1
    publisher.join(DRAIN_WAIT_S)
    for one in workers:
        one.join(DRAIN_WAIT_S)
        if one.exitcode != 0:
            raise SystemExit(f"a worker ended with {one.exitcode}")
    return Measured(
        per_s=taken / (samples[-1][0] - samples[0][0]),
        slowest_window_per_s=min(
            (after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(samples)
        ),
        published=counters.published.value,
        committed=counters.committed.value,
        cpu_us=cpu_us,
    )


def _check(workers: Sequence[BaseProcess]) -> None:
    if not all(one.is_alive() for one in workers):
        raise SystemExit("a worker died; its error is above")


def _tell(name: str, measured: Measured) -> None:
    spent = ", ".join(f"{program} {us:.1f}" for program, us in measured.cpu_us.items())
    print(
        f"{name}: {measured.per_s:,.0f} uplinks/s (slowest {WINDOW_S:g} s:"
        f" {measured.slowest_window_per_s:,.0f}); processor µs each: {spent}",
        flush=True,
    )


if __name__ == "__main__":
    main()
