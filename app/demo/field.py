"""The simulated street as a process: `python -m app.demo.field`, started by the demo.

It takes up the city from the demo's folder, speaks to the broker that the settings name, lets
things break now and then, mends what crews report done, and keeps the city so that its counters
never go backwards.
"""

import asyncio
import signal
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from types import FrameType

from app.demo import cabinets, misfortunes, truth
from app.demo.records import DemoFolder, Record
from app.demo.repairs import Lookout, apply
from app.demo.reporters import columns_and_batteries
from app.demo.voices import Surroundings, voices_of
from app.wiring import MissingSettingError, build_clock, build_database
from kit.access.model import Caller
from kit.log import configure_logging
from kit.settings import Settings, read_settings
from lighting.networks import service as networks
from lighting.registry.directory import service as directory
from simulator.city import City
from simulator.keeping import NoCityError, keep, take_up
from simulator.radio import AirQuality
from simulator.sharing import SharedCity
from simulator.speaker import BrokerLogin, Speaker
from simulator.street import Rhythm, Street
from simulator.wired import Voice, Wired

KEEP_EVERY_S = 30.0
RHYTHM = Rhythm(usage_every=timedelta(minutes=15), status_every=timedelta(minutes=30))
AIR = AirQuality(lost_ratio=0.02, repeated_ratio=0.01, delay_max=timedelta(seconds=3))


class Keeper:
    """What happens between two ticks of the street: news, misfortunes, keeping."""

    def __init__(
        self, city: City, seed: int, folder: DemoFolder, record: Record, lookout: Lookout
    ) -> None:
        self._city = city
        self._seed = seed
        self._folder = folder
        self._record = record
        self._lookout = lookout
        self._drawn_until = city.at
        self._kept_at_s = time.monotonic()

    def after_tick(self) -> None:
        """News first: what is mended may break again."""
        while not self._lookout.news.empty():
            apply(self._lookout.news.get(), self._city)
        self._draw_misfortunes()
        if time.monotonic() - self._kept_at_s >= KEEP_EVERY_S:
            self.keep()

    def _draw_misfortunes(self) -> None:
        """What breaks in the next day, decided as each day is entered."""
        if self._city.at < self._drawn_until:
            return
        until = self._city.at + timedelta(days=1)
        for fault in misfortunes.between(
            *(self._city, self._drawn_until, until),
            *(self._record.timezone, self._seed, misfortunes.LIVELINESS),
        ):
            self._city.add_fault(fault)
        self._drawn_until = until

    def keep(self) -> None:
        """Write the city and the truth to their files."""
        keep(self._city, self._seed, self._folder.city)
        truth.write(truth.truth_of(self._city), self._folder.truth)
        self._kept_at_s = time.monotonic()


def live(settings: Settings, stop: threading.Event) -> None:
    """Live until told to stop, then keep the city."""
    folder = DemoFolder(settings.data_dir)
    record = folder.record()
    if record is None:
        raise NoCityError(f"{settings.data_dir} holds no demo city; run 'reverbere demo' first")
    if settings.mqtt.host is None:
        raise MissingSettingError("REVERBERE_MQTT__HOST is missing; name the demo's broker")
    city, seed = take_up(folder.city)
    street = Street(city, RHYTHM, AIR, seed=seed + int(city.at.timestamp()))
    password = settings.mqtt.password
    login = BrokerLogin(
        *(settings.mqtt.host, settings.mqtt.port, settings.mqtt.username),
        password.get_secret_value() if password else None,
    )
    addresses = {lamp.site: lamp.address for lamp in city.lamps}
    shared = SharedCity(city)
    wired = Wired(asyncio.run(_voices(settings, shared, login, seed)))
    with wired, Lookout(build_database(settings), city.at, addresses) as lookout:
        keeper = Keeper(city, seed, folder, record, lookout)
        try:
            Speaker(street, build_clock(settings), login, shared).run(stop, keeper.after_tick)
        finally:
            keeper.keep()


async def _voices(
    settings: Settings, shared: SharedCity, login: BrokerLogin, seed: int
) -> Sequence[Voice]:
    """The devices that speak for themselves, as their networks are entered today."""
    database, system = build_database(settings), Caller.system("simulated field")
    try:
        async with database.session() as session:
            entered = await networks.networks(session, system)
            cabinet = await cabinets.cabinet(session, system)
            refs = await directory.directory(session)
    finally:
        await database.close()
    wired_cabinet = str(cabinet.id) if cabinet else ""
    others = voices_of(
        entered, Surroundings(shared, wired_cabinet, login, settings.network_secrets, seed)
    )
    return [*others, columns_and_batteries(refs, shared, login, seed)]


def main() -> None:
    """Live by the settings of the environment until SIGTERM or SIGINT."""
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    settings = read_settings()
    configure_logging(json_lines=settings.log.json_lines, level=settings.log.level)
    live(settings, stop)


if __name__ == "__main__":
    main()
