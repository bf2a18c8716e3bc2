"""A small town for tests: made as the demo makes its city, with faults of their choice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.demo.making import Scale, make
from app.demo.records import DemoFolder, Record
from app.demo.timing import Timing
from kit.db import Database
from simulator.model import SeededFault, TruthKind

# A Friday evening, an hour after dusk.
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
LAMP_COUNT = 30


def hours_before(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


FAULTS = (
    SeededFault(3, TruthKind.LAMP_FAILURE, hours_before(93)),
    SeededFault(7, TruthKind.POWER_LOW, hours_before(92)),
    SeededFault(11, TruthKind.COMMUNICATION_LOSS, hours_before(91)),
    SeededFault(14, TruthKind.LAMP_FAILURE, hours_before(90)),
    SeededFault(18, TruthKind.DAY_BURNER, hours_before(80)),
    SeededFault(22, TruthKind.LAMP_FAILURE, hours_before(68)),
    SeededFault(25, TruthKind.LAMP_FAILURE, hours_before(45)),
)


def silent(_: str) -> None:
    """Nobody waits at a terminal."""


def timing() -> Timing:
    return Timing(silent)


async def make_town(
    database: Database, folder: Path, faults: Sequence[SeededFault] = FAULTS
) -> Record:
    """Thirty lamps that have lived four nights."""
    scale = Scale(
        lamp_count=LAMP_COUNT,
        night_count=4,
        has_closed_month=False,
        seed=5,
        draw_faults=lambda *_: faults,
    )
    return await make(database, DemoFolder(folder), scale, now=NOW, timing=timing())
