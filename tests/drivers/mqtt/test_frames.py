"""Frames from a real broker: in order, in bounded batches, at least once whatever happens."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.embedded.broker import BrokerAddress
from drivers.contract import Frame
from drivers.mqtt import LinkClosedError, MqttLink, MqttVersion
from tests.drivers.mqtt.brokers import VERSIONS, mosquitto, name, settings
from tests.polling import eventually

SOON = timedelta(milliseconds=5)
AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
CHECKOUT = Path(__file__).parents[3]


async def send(broker: BrokerAddress, topic: str, payloads: Sequence[bytes]) -> None:
    async with MqttLink(settings(broker)) as link:
        await link.ready()
        await asyncio.gather(*(link.publish(topic, payload) for payload in payloads))


def numbers(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


async def take(link: MqttLink, count: int, max_count: int = 1000) -> list[Frame]:
    """Frames until there are `count`, each batch acknowledged."""
    frames: list[Frame] = []
    async with asyncio.timeout(20):
        async for batch in link.batches(max_count, SOON):
            frames += batch.frames
            batch.acknowledge()
            if len(frames) >= count:
                break
    return frames


async def take_unacknowledged(link: MqttLink, count: int) -> list[Frame]:
    frames: list[Frame] = []
    async with asyncio.timeout(20):
        async for batch in link.batches(1000, SOON):
            frames += batch.frames
            if len(frames) >= count:
                break
    return frames


@VERSIONS
async def test_frames_come_in_the_order_they_were_sent(
    broker: BrokerAddress, version: MqttVersion
) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic], version=version)
    async with MqttLink(line, now=lambda: AT) as link:
        await link.ready()
        await send(broker, topic, numbers(2000))
        frames = await take(link, 2000)
        assert [frame.payload for frame in frames] == numbers(2000)
        assert frames[0] == Frame(topic, b"0", AT)
        await eventually(lambda: link.figures.acknowledged_count == 2000)


async def test_a_batch_is_bounded_by_count(broker: BrokerAddress) -> None:
    topic = name()
    async with MqttLink(settings(broker, subscriptions=[topic])) as link:
        await link.ready()
        await send(broker, topic, numbers(25))
        await eventually(lambda: link.figures.received_count == 25)
        sizes = []
        async for batch in link.batches(10, timedelta(milliseconds=1)):
            sizes.append(len(batch.frames))
            batch.acknowledge()
            if sum(sizes) == 25:
                break
        assert sizes == [10, 10, 5]


async def test_a_lonely_frame_does_not_wait_for_others(broker: BrokerAddress) -> None:
    topic = name()
    async with MqttLink(settings(broker, subscriptions=[topic])) as link:
        await link.ready()
        await send(broker, topic, [b"alone"])
        assert [frame.payload for frame in await take(link, 1, max_count=10_000)] == [b"alone"]


async def test_large_and_empty_messages_pass(broker: BrokerAddress) -> None:
    topic = name()
    large = bytes(range(256)) * 4096
    async with MqttLink(settings(broker, subscriptions=[topic])) as link:
        await link.ready()
        await send(broker, topic, [large, b""])
        assert {frame.payload for frame in await take(link, 2)} == {large, b""}


@VERSIONS
async def test_what_was_not_acknowledged_comes_again(
    broker: BrokerAddress, version: MqttVersion
) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic], version=version)
    async with MqttLink(line) as link:
        await link.ready()
        await send(broker, topic, numbers(300))
        await take_unacknowledged(link, 300)
    async with MqttLink(line) as link:
        again = await take(link, 300)
        assert {frame.payload for frame in again} == set(numbers(300))


async def test_what_was_acknowledged_does_not_come_again(broker: BrokerAddress) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic])
    async with MqttLink(line) as link:
        await link.ready()
        await send(broker, topic, numbers(300))
        await take(link, 300)
    async with MqttLink(line) as link:
        await link.ready()
        await send(broker, topic, [b"later"])
        assert [frame.payload for frame in await take(link, 1)] == [b"later"]


@VERSIONS
async def test_a_consumer_killed_before_acknowledging_loses_nothing(
    broker: BrokerAddress, version: MqttVersion
) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic], version=version)
    arguments = [broker.host, str(broker.port), line.client_id, topic, version]
    consumer = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.drivers.mqtt.consumer",
        *arguments,
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert consumer.stdout is not None
    async with asyncio.timeout(30):
        assert await consumer.stdout.readline() == b"0\n"
        await send(broker, topic, numbers(2000))
        while int(await consumer.stdout.readline()) < 2000:
            pass
    consumer.send_signal(signal.SIGKILL)
    await consumer.wait()
    async with MqttLink(line) as link:
        again = await take(link, 2000)
    assert [frame.payload for frame in again] == numbers(2000)


async def test_acknowledgements_wait_for_those_before_them(broker: BrokerAddress) -> None:
    topic = name()
    async with MqttLink(settings(broker, subscriptions=[topic])) as link:
        await link.ready()
        await send(broker, topic, numbers(20))
        await eventually(lambda: link.figures.received_count == 20)
        batches = link.batches(10, SOON)
        first, second = await anext(batches), await anext(batches)
        second.acknowledge()
        second.acknowledge()
        await send(broker, topic, [b"one more"])
        await eventually(lambda: link.figures.received_count == 21)
        assert link.figures.acknowledged_count == 0
        first.acknowledge()
        await eventually(lambda: link.figures.acknowledged_count == 20)


@VERSIONS
async def test_a_full_inbox_holds_the_broker_back_and_loses_nothing(
    broker: BrokerAddress, version: MqttVersion
) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic], version=version, inbox_limit=50)
    async with MqttLink(line) as link:
        await link.ready()
        await send(broker, topic, numbers(3000))
        await eventually(lambda: link.figures.waiting_count == 50)
        frames = await take(link, 3000, max_count=20)
        assert link.figures.connection_count == 1
        assert [frame.payload for frame in frames] == numbers(3000)


async def test_a_line_nobody_reads_is_given_up_until_somebody_does(
    broker: BrokerAddress, caplog: pytest.LogCaptureFixture
) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic], inbox_limit=50, keepalive=timedelta(seconds=1))
    async with MqttLink(line) as link:
        await link.ready()
        await send(broker, topic, numbers(500))
        await eventually(lambda: link.figures.waiting_count == 50)
        await eventually(lambda: not link.figures.is_ready)
        received: set[bytes] = set()
        async for batch in link.batches(20, SOON):
            received |= {frame.payload for frame in batch.frames}
            batch.acknowledge()
            if len(received) == 500:
                break
        assert received == set(numbers(500))
        assert link.figures.connection_count > 1
        assert "mqtt line given up" in caplog.messages
        assert "mqtt connection failed" not in caplog.messages


async def test_lines_of_a_group_share_the_frames(broker: BrokerAddress) -> None:
    topic = name()
    lines = [settings(broker, subscriptions=[topic], share_group="ingest") for _ in range(2)]
    async with MqttLink(lines[0]) as one, MqttLink(lines[1]) as other:
        await one.ready()
        await other.ready()
        await send(broker, topic, numbers(1000))
        await eventually(lambda: one.figures.received_count + other.figures.received_count == 1000)
        taken = [await take(link, link.figures.received_count) for link in (one, other)]
    assert all(taken)
    assert sorted(frame.payload for frames in taken for frame in frames) == sorted(numbers(1000))


async def test_a_line_of_a_group_that_comes_back_gets_its_frames_again(
    broker: BrokerAddress,
) -> None:
    topic = name()
    lines = [settings(broker, subscriptions=[topic], share_group="ingest") for _ in range(2)]
    async with MqttLink(lines[0]) as one:
        await one.ready()
        async with MqttLink(lines[1]) as other:
            await other.ready()
            await send(broker, topic, numbers(200))
            await eventually(
                lambda: one.figures.received_count + other.figures.received_count == 200
            )
            held = await take_unacknowledged(other, other.figures.received_count)
        async with MqttLink(lines[1]) as other:
            again = await take(other, len(held))
            safe = await take(one, 200 - len(held))
    assert held
    assert {frame.payload for frame in again + safe} == set(numbers(200))


async def test_a_fault_in_the_thread_is_heard_where_frames_are_awaited(
    broker: BrokerAddress,
) -> None:
    def broken_clock() -> datetime:
        raise ZeroDivisionError

    async with MqttLink(settings(broker, subscriptions=[name()]), now=broken_clock) as link:
        with pytest.raises(LinkClosedError) as raised:
            await anext(link.batches(10, SOON))
        assert isinstance(raised.value.__cause__, ZeroDivisionError)
        with pytest.raises(LinkClosedError):
            await link.publish(name(), b"x")


@VERSIONS
async def test_a_broker_that_restarts_is_found_again(version: MqttVersion) -> None:
    topic = name()
    async with mosquitto("allow_anonymous true", "persistence true") as broker:
        line = settings(broker.address, subscriptions=[topic], version=version)
        async with MqttLink(line) as link:
            await link.ready()
            broker.stop()
            await eventually(lambda: not link.figures.is_ready)
            broker.start()
            await link.ready()
            await send(broker.address, topic, numbers(10))
            assert len(await take(link, 10)) == 10
            assert link.figures.connection_count == 2
            assert link.figures.lost_session_count == 0


async def test_frames_of_a_broken_connection_are_not_acknowledged_on_the_next() -> None:
    topic = name()
    async with mosquitto("allow_anonymous true") as broker:  # keeps nothing over a restart
        line = settings(broker.address, subscriptions=[topic])
        async with MqttLink(line) as link:
            await link.ready()
            await send(broker.address, topic, numbers(10))
            batch = await anext(link.batches(10, timedelta(seconds=1)))
            broker.stop()
            await eventually(lambda: not link.figures.is_ready)
            broker.start()
            await link.ready()
            batch.acknowledge()
            await send(broker.address, topic, [b"new"])
            assert [frame.payload for frame in await take(link, 1)] == [b"new"]
            assert link.figures.lost_session_count == 1
            await eventually(lambda: link.figures.acknowledged_count == 1)


async def test_closing_ends_the_batches(broker: BrokerAddress) -> None:
    link = MqttLink(settings(broker, subscriptions=[name()]))
    await link.open()
    await link.ready()
    waiting = asyncio.ensure_future(anext(link.batches(10, SOON), None))
    await asyncio.sleep(0)
    await link.close()
    assert await waiting is None
