"""The services a benchmark runs on: a PostgreSQL and a Mosquitto of its own, as the product ships
them (nothing switched off for speed), gone when it ends."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.embedded.broker import BrokerAddress, EmbeddedBroker, find_mosquitto
from app.embedded.postgres import EmbeddedPostgres
from migrations import run


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="reverbere-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def migrated_postgres(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a PostgreSQL with the newest schema."""
    with _folder() as folder, EmbeddedPostgres(folder, settings=settings) as url:
        run.upgrade(url)
        yield url


@contextmanager
def mosquitto() -> Iterator[BrokerAddress]:
    """A Mosquitto whose queues have no bound."""
    found = find_mosquitto()
    if found is None:
        raise SystemExit("this benchmark needs Mosquitto: apt install mosquitto")
    with _folder() as folder, EmbeddedBroker(folder, mosquitto=found) as address:
        yield address
