"""The worker process: its endless tasks, side by side, until it is asked to end."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.wiring import build_clock, build_database
from kit.log import get_logger
from kit.outbox import Relay
from kit.settings import Settings

RELAY_PAUSE = timedelta(milliseconds=500)

log = get_logger()


async def work(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; a task that fails ends the process, which is started again."""
    database = build_database(settings)
    relay = Relay(database, build_clock(settings), {})
    endless = [repeat(relay.run_once, RELAY_PAUSE)]
    asked_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(task) for task in endless]
            log.info("worker started", task_count=len(tasks))
            await asked_to_end.wait()
            for task in tasks:
                task.cancel()
    finally:
        await database.close()
    log.info("worker ended")


async def repeat(step: Callable[[], Awaitable[object]], pause: timedelta) -> None:
    """Take a step, rest, and so on."""
    while True:
        await step()
        await asyncio.sleep(pause.total_seconds())
