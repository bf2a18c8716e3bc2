"""The street as a process: speaks to a real broker, obeys, and keeps its city when told to stop."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from app.demo.districts import APPLICATION_ID
from app.demo.records import DemoFolder, Record
from app.embedded.broker import BrokerAddress
from drivers.lorawan import chirpstack
from drivers.lorawan.nas.downlinks import set_level
from kit.db import Database
from kit.settings import ClockSettings
from simulator.keeping import take_up
from tests.app.demo.towns import NOW, make_town
from tests.architecture.source import ROOT
from tests.polling import eventually

SPEED = 60.0
STOPPED_WITHIN_S = 20
# So many lamps are told, because the air loses some orders and answers.
ORDERED = 6


@pytest.fixture(scope="module")
async def town(database: Database, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, await make_town(database, folder)


@pytest.fixture
async def field(
    town: tuple[Path, Record], database: Database, broker: BrokerAddress
) -> AsyncIterator[Process]:
    clock = ClockSettings(origin=NOW, started_at=datetime.now(UTC), speed=SPEED)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.demo.field"),
        cwd=ROOT,
        env={
            **os.environ,
            "REVERBERE_DEMO": "true",
            "REVERBERE_DATA_DIR": str(town[0]),
            "REVERBERE_DATABASE__URL": database.url,
            "REVERBERE_MQTT__HOST": broker.host,
            "REVERBERE_MQTT__PORT": str(broker.port),
            "REVERBERE_CLOCK": clock.model_dump_json(),
        },
    )
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.fixture
def listener(broker: BrokerAddress) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect(broker.host, broker.port)
    client.loop_start()
    return client


async def test_the_street_reports_obeys_and_is_kept(
    town: tuple[Path, Record], field: Process, listener: mqtt.Client
) -> None:
    heard: list[tuple[str, bytes]] = []
    listener.on_message = lambda _, __, message: heard.append((message.topic, message.payload))
    listener.subscribe(f"application/{APPLICATION_ID}/device/+/event/+", qos=1)
    before, _ = take_up(DemoFolder(town[0]).city)
    await eventually(lambda: len(heard) > 20, within_s=60)

    order = set_level(30)
    for lamp in before.lamps[:ORDERED]:
        topic, payload = chirpstack.downlink(
            APPLICATION_ID, lamp.address, order.port, order.payload, queue_item_id="1",
            expires_at=NOW + timedelta(days=1),
        )  # fmt: skip
        listener.publish(topic, payload, qos=1)
    await eventually(lambda: any("txack" in topic for topic, _ in heard), within_s=60)

    field.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(field.wait(), STOPPED_WITHIN_S) == 0
    listener.loop_stop()
    listener.disconnect()
    after, _ = take_up(DemoFolder(town[0]).city)
    assert after.at > before.at
    assert 30 in after.level_percent[:ORDERED]
    assert (after.energy_wh >= before.energy_wh).all()
