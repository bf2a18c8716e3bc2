"""The worker process: hears the networks, sends orders, hands events on, runs the jobs.

Any number of workers may run beside each other: uplinks are shared by the broker, orders and
events are claimed row by row, jobs hold a lock.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from app.estate import Estate
from app.firmware import updaters_of
from app.hearing import build_ingests
from app.jobs import Workshop, metronome
from app.lines import chirpstack
from app.lines.groups import GroupSpeech
from app.lines.line import Surroundings
from app.lines.switchboard import Switchboard
from app.reactions import reactions_of
from app.scanning import scan_all
from app.wiring import build_clock, build_database
from drivers.lwm2m.link import Lwm2mLink
from kit.log import get_logger
from kit.outbox import Relay
from kit.settings import Settings
from lighting.cabinets import service as cabinets
from lighting.control import sending
from lighting.firmware.images import ImageStore
from lighting.firmware.sending import FirmwareSender
from lighting.ingest.intake import Intake, quieten_collector
from lighting.ingest.networks import READERS
from lighting.networks.model import NetworkKind
from lighting.radio import frames
from lighting.radio.pacing import DutyCycle

log = get_logger()

RELAY_EVERY_S = 0.5
SEND_EVERY_S = 1.0
SCAN_EVERY_S = 3600.0
# Lines open in their own time after a start.
SCAN_AFTER_S = 60.0
FIRMWARE_EVERY_S = 5.0
# After a pause (database away, clock jump) at most this much sending is caught up at once.
CATCH_UP_MAX = timedelta(seconds=30)
PAUSE_AFTER_FAILURE_S = 2.0


async def work(settings: Settings) -> None:
    """Work until the process is told to stop (SIGTERM, Ctrl-C)."""
    quieten_collector()
    database = build_database(settings)
    shop = Workshop(settings, database, build_clock(settings), Estate())
    speed = settings.clock.speed if settings.clock else 1.0
    scheduler = metronome(shop, speed)
    ingests = build_ingests(shop.estate.directory)
    directory = shop.estate.directory
    around = Surroundings(
        settings, shop.clock.now, database, lambda address: directory.find(address) is not None
    )
    switchboard = Switchboard(database, shop.clock, around, ingests)
    groups = GroupSpeech(database, shop.clock, around)
    relay = Relay(database, shop.clock, reactions_of(shop, ingests))
    store = ImageStore(settings.data_dir)
    updaters = updaters_of(switchboard.send, _lwm2m_links(switchboard), shop.clock)
    firmware = FirmwareSender(database, shop.clock, store, updaters, switchboard.reaches)
    bounds, kind = settings.ingest, NetworkKind.CHIRPSTACK.value
    async with chirpstack.open_line(around) as line:
        switchboard.share(NetworkKind.CHIRPSTACK, line, line.is_open)
        scheduler.start()
        log.info("worker ready")
        try:
            await _until_told(
                Intake(database, ingests[kind], shop.clock).run(
                    switchboard.counted(
                        line.batches(bounds.batch_max_count, bounds.batch_max_wait),
                        READERS[kind].name_of,
                    )
                ),
                switchboard.run(),
                _forever("firmware", FIRMWARE_EVERY_S, _updating(firmware)),
                _forever("scan", SCAN_EVERY_S, _scanning(shop, switchboard)),
                _forever("relay", RELAY_EVERY_S, _relaying(relay)),
                _forever("send", SEND_EVERY_S, _sending(shop, switchboard)),
                _forever("speak", SEND_EVERY_S, _speaking(shop, switchboard, groups)),
            )
        finally:
            scheduler.shutdown(wait=False)
    await database.close()


async def _until_told(*tasks: Awaitable[None]) -> None:
    """Run until a stop signal, or until one of the tasks fails."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = [asyncio.ensure_future(task) for task in tasks]
    told = asyncio.ensure_future(stop.wait())
    done, _ = await asyncio.wait([told, *running], return_when=asyncio.FIRST_COMPLETED)
    for task in (told, *running):
        task.cancel()
    for task in running:
        with suppress(asyncio.CancelledError):
            await task
    del done


async def _forever(name: str, every_s: float, step: Callable[[], Awaitable[None]]) -> None:
    """Repeat a step; one that fails is logged and tried again."""
    while True:
        try:
            await step()
        except Exception:  # the loop must outlive a database that is away for a while
            log.exception("step failed", step=name)
            await asyncio.sleep(PAUSE_AFTER_FAILURE_S)
        await asyncio.sleep(every_s)


def _lwm2m_links(switchboard: Switchboard) -> Callable[[str], Lwm2mLink | None]:
    def link_of(network: str) -> Lwm2mLink | None:
        link = getattr(switchboard.line(network), "link", None)
        return link if isinstance(link, Lwm2mLink) else None

    return link_of


def _updating(firmware: FirmwareSender) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        await firmware.run_once()

    return step


def _scanning(shop: Workshop, switchboard: Switchboard) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        await asyncio.sleep(SCAN_AFTER_S)
        await scan_all(switchboard.lines, shop.database, shop.clock, shop.estate.directory)

    return step


def _relaying(relay: Relay) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        await relay.run_once()

    return step


def _speaking(
    shop: Workshop, switchboard: Switchboard, groups: GroupSpeech
) -> Callable[[], Awaitable[None]]:
    """Radio's own frames: to groups, and answers to devices."""
    last = shop.clock.now()

    async def step() -> None:
        nonlocal last
        now = shop.clock.now()
        elapsed, last = now - last, now
        async with shop.database.session() as session:
            leaving = await frames.hand_out(session, now, elapsed, switchboard.reaches)
        switchboard.send(leaving.to_devices)
        await groups.say(leaving.to_groups)

    return step


def _sending(shop: Workshop, switchboard: Switchboard) -> Callable[[], Awaitable[None]]:
    last: datetime | None = None
    pacing = DutyCycle()

    async def step() -> None:
        nonlocal last
        now = shop.clock.now()
        elapsed = CATCH_UP_MAX if last is None else min(now - last, CATCH_UP_MAX)
        last = now
        async with shop.database.session() as session:
            addresses = await shop.estate.addresses(session)
            here = {key: to for key, to in addresses.items() if switchboard.reaches(to.network)}
            elsewhere = addresses.keys() - here.keys()
            orders = await sending.hand_out(
                session, here, now, elapsed, elsewhere=elsewhere, pacing=pacing
            )
            switches = await cabinets.hand_out(session, switchboard.reaches, now)
        if switches:
            switchboard.send(switches)
        if orders:
            switchboard.send(orders)
            log.info("orders sent", count=len(orders), at=now.isoformat())

    return step
