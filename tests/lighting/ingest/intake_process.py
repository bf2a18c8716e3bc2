"""An ingest worker as a process of its own, to be killed: `python -m … URL HOST PORT`.

Says `ready` on its output once it listens.
"""

import asyncio
import sys
from datetime import timedelta

from drivers.lorawan.chirpstack import EVENT_TOPICS
from drivers.mqtt import MqttLink, MqttSettings
from kit.clock import FixedClock
from kit.db import Database
from lighting.ingest.intake import Intake
from tests.lighting.ingest.field import NIGHT, make_ingest

CLIENT_ID = "reverbere-ingest-test"
# Small batches: many commits, so that death finds every moment.
BATCH_COUNT, BATCH_WAIT = 40, timedelta(milliseconds=20)


async def work(url: str, host: str, port: int) -> None:
    settings = MqttSettings(
        host=host,
        port=port,
        client_id=CLIENT_ID,
        subscriptions=[EVENT_TOPICS],
        reconnect_delay_min=timedelta(milliseconds=50),
    )
    async with MqttLink(settings) as link:
        await link.ready()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        intake = Intake(Database(url), make_ingest(), FixedClock(NIGHT))
        await intake.run(link.batches(BATCH_COUNT, BATCH_WAIT))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3])))
