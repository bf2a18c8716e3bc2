"""The table of jobs: name, cadence, work. docs/jobs.md explains each and is compared with this.

APScheduler is only the metronome. Each job runs in one transaction under an advisory lock, so
any number of workers may run, and each job may run twice without harm.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import Counter, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from app.estate import Estate
from app.hearing import build_ingests
from gmao.workorders import escalation
from kit.clock import Clock
from kit.db import Database
from kit.http import idempotency
from kit.log import correlated, get_logger
from kit.outbox import service as outbox
from kit.settings import Settings
from lighting.cabinets import service as cabinets
from lighting.commissioning import self_test
from lighting.control import reconciliation
from lighting.energy import service as energy
from lighting.faults import service as faults
from lighting.firmware import service as firmware
from lighting.ingest import replay
from lighting.radio import proving
from lighting.radio import service as radio
from lighting.registry.imports import service as imports
from lighting.sensors import service as sensors
from lighting.solar import service as solar
from lighting.telemetry import service as telemetry

log = get_logger()
RUNS = Counter("reverbere_job_runs", "Runs of jobs", ["job", "outcome"])
SECONDS = Histogram("reverbere_job_seconds", "Time a job takes", ["job"])

# With an accelerated clock a job is due more often; it is never started more often than this.
REAL_CADENCE_MIN = timedelta(milliseconds=500)
IDEMPOTENCY_KEPT = timedelta(days=7)
OUTBOX_KEPT = timedelta(days=90)
AIRTIME_KEPT = timedelta(days=400)
MONTH = timedelta(days=31)
# A fleet of 100,000 lights, once: some forty seconds of one processor.
ENERGY_MARKS_PER_RUN = 100_000
# A date is settled once 38 hours have passed; a worker that was away a week catches up.
ENERGY_SETTLED_DAYS = range(2, 10)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What jobs work with."""

    settings: Settings
    database: Database
    clock: Clock
    estate: Estate


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done at a cadence (in the time of the clock)."""

    name: str
    every: timedelta
    work: Callable[[Workshop, AsyncSession, datetime], Awaitable[None]]


async def reconcile(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Desired against acknowledged levels: queue what differs, give up what is too old."""
    plan = await shop.estate.plan(session)
    report = await reconciliation.tick(session, plan, now)
    if report.orders_queued or report.orders_given_up or report.commands_ended:
        log.info(
            "street reconciled",
            queued=report.orders_queued,
            given_up=report.orders_given_up,
            commands_ended=report.commands_ended,
        )


async def prove_lights(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Self-tests under way: prove their steps, give them up, go on to the next."""
    await self_test.advance(session, now)


async def run_firmware(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Firmware campaigns: judge, stop what suffers, open waves, hand out within the budget."""
    await firmware.tick(session, now)


async def replay_registered(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Take in frames that waited for their controller to be registered."""
    for ingest in build_ingests(shop.estate.directory).values():
        await replay.replay_registered(session, ingest, now)


async def follow_campaigns(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Prove each light of the radio campaigns under way, and end those that are done."""
    ended = await proving.follow(session, now)
    if ended:
        log.info("radio campaigns ended", count=ended)


async def attend_cabinets(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Orders to contactors that are over, devices gone silent, time passing over suspicions."""
    await cabinets.tick(session, now)
    await cabinets.supervise(session, now)


async def look_ahead(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Lights on sun and battery: how long they last, and what of tonight is shed."""
    plan = await shop.estate.plan(session)
    await shop.estate.lights(session)
    shedding = await solar.look_ahead(
        session, shop.estate.directory.by_key.values(), plan.steps_of, now
    )
    if shedding:
        log.info("light shed", lights=shedding)


async def find_silent(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Raise communication loss for controllers silent beyond their limit."""
    lights = await shop.estate.lights(session)
    await faults.forget_absent(session, lights, now)
    silent = await faults.find_silent(session, lights, now)
    if silent:
        log.info("controllers silent", count=silent)


async def recompute_energy(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Recompute the days whose counters changed."""
    planned = shop.estate.planned_levels
    await energy.recompute_dirty(session, now, limit=ENERGY_MARKS_PER_RUN, expected=planned)


async def settle_energy(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Judge what never came of past dates: estimated from the plan, or missing."""
    for days_ago in ENERGY_SETTLED_DAYS:
        on = now.date() - timedelta(days=days_ago)
        await energy.settle(session, on, now, expected=shop.estate.planned_levels)


async def warn_of_deadlines(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Tell of work orders whose clocks have used half, four fifths or all of their time."""
    await escalation.warn_of_deadlines(session, now)


async def prepare_partitions(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Make the partitions of readings for this month and the next."""
    await telemetry.ensure_partitions(session, now)


async def purge(shop: Workshop, session: AsyncSession, now: datetime) -> None:
    """Forget what has served its time: quarantined frames, idempotency answers, old events, dry
    runs of imports that nobody applied."""
    kept = timedelta(days=shop.settings.retention.quarantine_days)
    await telemetry.forget_quarantine(session, now - kept)
    await idempotency.forget_answers(session, now - IDEMPOTENCY_KEPT)
    await outbox.forget_delivered(session, now - OUTBOX_KEPT)
    await imports.forget_dry_runs(session, now)
    await radio.forget_airtime(session, now - AIRTIME_KEPT)
    await cabinets.forget(session, now - MONTH * shop.settings.retention.reading_months)


async def forget_sensor_values(_: Workshop, session: AsyncSession, now: datetime) -> None:
    """Enforce the retention each sensor was declared with."""
    await sensors.forget(session, now)


JOBS: Sequence[Job] = (
    Job("reconcile", timedelta(seconds=10), reconcile),
    Job("prove_lights", timedelta(seconds=5), prove_lights),
    Job("follow_campaigns", timedelta(seconds=15), follow_campaigns),
    Job("run_firmware", timedelta(seconds=30), run_firmware),
    Job("attend_cabinets", timedelta(seconds=15), attend_cabinets),
    Job("replay_registered", timedelta(minutes=1), replay_registered),
    Job("look_ahead", timedelta(minutes=15), look_ahead),
    Job("find_silent", timedelta(minutes=5), find_silent),
    Job("recompute_energy", timedelta(minutes=5), recompute_energy),
    Job("settle_energy", timedelta(minutes=30), settle_energy),
    Job("warn_of_deadlines", timedelta(minutes=1), warn_of_deadlines),
    Job("prepare_partitions", timedelta(hours=6), prepare_partitions),
    Job("forget_sensor_values", timedelta(hours=1), forget_sensor_values),
    Job("purge", timedelta(days=1), purge),
)


async def run(job: Job, shop: Workshop) -> bool:
    """Run a job unless another worker is at it; a failure is logged, counted and tried again at
    the next beat."""
    with correlated(), SECONDS.labels(job.name).time():
        try:
            async with shop.database.session() as session:
                if not await _is_ours(session, job):
                    RUNS.labels(job.name, "elsewhere").inc()
                    return False
                await job.work(shop, session, shop.clock.now())
        except Exception:  # the metronome must go on; the failure is logged and counted
            log.exception("job failed", job=job.name)
            RUNS.labels(job.name, "failed").inc()
            return False
    RUNS.labels(job.name, "done").inc()
    return True


async def _is_ours(session: AsyncSession, job: Job) -> bool:
    lock = sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(f"job:{job.name}", 0))
    return bool(await session.scalar(sa.select(lock)))


def metronome(shop: Workshop, speed: float = 1.0) -> AsyncIOScheduler:
    """A scheduler that beats for every job; `speed` is that of an accelerated clock."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for job in JOBS:
        beat = max(job.every / speed, REAL_CADENCE_MIN)
        scheduler.add_job(
            run,
            "interval",
            args=(job, shop),
            seconds=beat.total_seconds(),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return scheduler
