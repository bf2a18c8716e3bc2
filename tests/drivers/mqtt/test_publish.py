"""Messages to a real broker: acknowledged, refused, or late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.embedded.broker import BrokerAddress
from drivers.mqtt import (
    LinkClosedError,
    MqttLink,
    MqttSettings,
    MqttVersion,
    PublishRefusedError,
    PublishTimeoutError,
)
from tests.conftest import service_folder
from tests.drivers.mqtt.brokers import VERSIONS, free_port, mosquitto, name, settings
from tests.polling import eventually

BRIEFLY = timedelta(milliseconds=200)


@VERSIONS
async def test_publishing_returns_once_the_broker_has_the_message(
    broker: BrokerAddress, version: MqttVersion
) -> None:
    async with MqttLink(settings(broker, version=version)) as link:
        await link.publish(name(), b"hello")
        assert link.figures.published_count == 1
        assert link.figures.unpublished_count == 0


async def test_many_may_publish_at_once_on_few_slots(broker: BrokerAddress) -> None:
    async with MqttLink(settings(broker, publish_limit=10)) as link:
        topic = name()
        await asyncio.gather(*(link.publish(topic, b"x") for _ in range(2000)))
        assert link.figures.published_count == 2000


async def test_publishing_waits_for_the_broker_to_come_back() -> None:
    async with (
        mosquitto("allow_anonymous true") as broker,
        MqttLink(settings(broker.address)) as link,
    ):
        await link.ready()
        broker.stop()
        await eventually(lambda: not link.figures.is_ready)
        publishing = asyncio.ensure_future(link.publish(name(), b"patient"))
        broker.start()
        await publishing
        assert link.figures.published_count == 1


async def test_publishing_to_no_broker_ends_in_time() -> None:
    nowhere = BrokerAddress("127.0.0.1", free_port())
    async with MqttLink(settings(nowhere, publish_timeout=BRIEFLY)) as link:
        with pytest.raises(PublishTimeoutError, match="no acknowledgement in time"):
            await link.publish(name(), b"x")


async def test_the_queue_has_an_end() -> None:
    nowhere = BrokerAddress("127.0.0.1", free_port())
    async with MqttLink(settings(nowhere, publish_queue_limit=2)) as link:
        waiting = [asyncio.ensure_future(link.publish(name(), b"x")) for _ in range(2)]
        await eventually(lambda: link.figures.unpublished_count == 2)
        with pytest.raises(PublishRefusedError, match="2 messages wait already"):
            await link.publish(name(), b"x")
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LinkClosedError, LinkClosedError]


async def test_messages_leave_in_the_order_of_the_calls(broker: BrokerAddress) -> None:
    topic = name()
    line = settings(broker, subscriptions=[topic], publish_limit=3)
    async with MqttLink(line) as link:
        payloads = [b"%d" % number for number in range(500)]
        await asyncio.gather(*(link.publish(topic, payload) for payload in payloads))
        await eventually(lambda: link.figures.received_count == 500)
        batch = await anext(link.batches(500, BRIEFLY))
        assert [frame.payload for frame in batch.frames] == payloads


async def test_a_message_nobody_waits_for_any_more_is_not_sent() -> None:
    async with (
        mosquitto("allow_anonymous true") as broker,
        MqttLink(settings(broker.address)) as link,
    ):
        await link.ready()
        broker.stop()
        await eventually(lambda: not link.figures.is_ready)
        dropped = asyncio.ensure_future(link.publish(name(), b"x"))
        await eventually(lambda: link.figures.unpublished_count == 1)
        dropped.cancel()
        broker.start()
        await link.publish(name(), b"y")
        assert link.figures.published_count == 1
        assert link.figures.unpublished_count == 0


async def test_a_refused_message_says_so() -> None:
    folder = service_folder()
    (folder / "acl").write_text("topic read anything\n")
    lines = ("allow_anonymous true", f"acl_file {folder}/acl")
    async with mosquitto(*lines, folder=folder) as broker:
        line = settings(broker.address, version=MqttVersion.V5)
        async with MqttLink(line) as link:
            with pytest.raises(PublishRefusedError, match="Not authorized"):
                await link.publish("forbidden", b"x")


async def test_closing_ends_what_waits(broker: BrokerAddress) -> None:
    nowhere = BrokerAddress("127.0.0.1", free_port())
    link = MqttLink(settings(nowhere))
    await link.open()
    await link.close()
    with pytest.raises(LinkClosedError):
        await link.publish(name(), b"x")


async def test_an_impossible_topic_is_refused_at_once(broker: BrokerAddress) -> None:
    async with MqttLink(settings(broker)) as link:
        with pytest.raises(ValueError, match="wildcards"):
            await link.publish("a/+/b", b"x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", ""),
        ("inbox_limit", 0),
        ("publish_limit", 0),
        ("publish_queue_limit", 0),
        ("subscriptions", ["a/#/b"]),
        ("subscriptions", ["a+/b"]),
        ("subscriptions", [""]),
    ],
)
def test_impossible_settings_are_refused(name: str, value: Any) -> None:
    given: dict[str, Any] = {"host": "localhost", "port": 1883, "client_id": "x", name: value}
    with pytest.raises(ValueError, match=name):
        MqttSettings(**given)


async def test_a_server_that_acknowledges_nothing_is_sent_to_all_the_same(
    broker: BrokerAddress,
) -> None:
    topic = name()
    async with (
        MqttLink(settings(broker, subscriptions=[topic])) as hearing,
        MqttLink(settings(broker, publish_qos=0)) as link,
    ):
        await hearing.ready()
        await asyncio.gather(*(link.publish(topic, b"%d" % number) for number in range(100)))
        assert link.figures.published_count == 100
        heard: list[bytes] = []
        async for batch in hearing.batches(100, BRIEFLY):
            heard += [frame.payload for frame in batch.frames]
            batch.acknowledge()
            if len(heard) == 100:
                break
    assert heard == [b"%d" % number for number in range(100)]


async def test_without_acknowledgement_no_broker_is_still_noticed() -> None:
    nowhere = BrokerAddress("127.0.0.1", free_port())
    async with MqttLink(settings(nowhere, publish_qos=0, publish_timeout=BRIEFLY)) as link:
        with pytest.raises(PublishTimeoutError):
            await link.publish(name(), b"x")
