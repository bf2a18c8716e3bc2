from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from drivers.contract import EventKind
from drivers.errors import RefusedByDeviceError, UnreachableError
from drivers.lwm2m.link import Lwm2mLink
from drivers.lwm2m.server import firmware
from drivers.lwm2m.server.firmware import Progress, Stage, UpdateFailedError
from tests.drivers.lwm2m.test_link import ENDPOINT, Listening, listening
from tests.peers.lwm2m.lamp import LampPeer
from tests.polling import eventually

IMAGE = bytes(range(256)) * 80


def now() -> datetime:
    return datetime.now(UTC)


async def updated(
    link: Lwm2mLink, package: bytes | str, patience: timedelta = timedelta(seconds=20)
) -> list[Progress]:
    return [
        step
        async for step in firmware.update(
            link,
            ENDPOINT,
            package,
            give_up_at=now() + patience,
            now=now,
            look_every=timedelta(milliseconds=20),
        )
    ]


def told(server: Listening) -> list[Mapping[str, object]]:
    return [event.detail for decoded in server.said(5) for event in decoded.events]


@pytest.mark.parametrize("package", [IMAGE, "coap://images.example/olc-2.bin"], ids=["sent", "URI"])
async def test_a_device_takes_a_package_and_updates(package: bytes | str) -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        steps = await updated(server.link, package)
        assert [one.stage for one in steps] == [
            Stage.SENDING,
            Stage.DOWNLOADED,
            Stage.UPDATING,
            Stage.UPDATED,
        ]
        assert steps[-1].result == "updated"
        assert package in (lamp.firmware.package, lamp.firmware.uri)
        done = {"state": "idle", "result": "updated"}
        await eventually(lambda: done in told(server))
        assert {event.kind for decoded in server.said(5) for event in decoded.events} == {
            EventKind.FIRMWARE_UPDATE
        }


async def test_a_device_that_gives_up_says_why() -> None:
    async with (
        listening() as server,
        LampPeer(ENDPOINT, server.link.port, firmware_result=5) as lamp,
    ):
        await lamp.register()
        with pytest.raises(UpdateFailedError, match="integrity check failed"):
            await updated(server.link, IMAGE)


async def test_a_device_that_is_not_there_is_given_up() -> None:
    async with listening() as server:
        with pytest.raises(UnreachableError, match="not registered"):
            await updated(server.link, IMAGE, timedelta(milliseconds=50))


async def test_an_empty_package_is_never_sent() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        with pytest.raises(RefusedByDeviceError, match="0 bytes"):
            await updated(server.link, b"")
