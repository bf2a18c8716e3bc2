"""Our platform against a device written from the protocol's description, over TCP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from drivers.contract import Frame, LevelEcho, ProgramStep, Quantity
from drivers.errors import RefusedByDeviceError, UnreachableError
from drivers.oslp.driver import OslpLamp
from drivers.oslp.envelope import KeyFormatError, private_key, public_key
from drivers.oslp.link import OslpLink, OslpSettings
from drivers.oslp.sessions import MemorySessions, is_next
from tests.peers.oslp.device import REJECTED, OslpDevice
from tests.polling import eventually

DEVICE_ID = "0041" + "00" * 9 + "07"
codec = OslpLamp()
CURVE = ec.SECP256R1()


class Town:
    """A platform and a device that know each other's keys."""

    def __init__(self, link: OslpLink, device: OslpDevice) -> None:
        self.link = link
        self.device = device
        self.frames: list[Frame] = []

    async def run(self) -> None:
        async for batch in self.link.batches(100, timedelta(milliseconds=5)):
            self.frames.extend(batch.frames)
            batch.acknowledge()

    async def order(self, frame: Any) -> None:
        await self.link.send(DEVICE_ID, frame, order_id="1", expires_at=None)

    def last(self) -> Any:
        frame = self.frames[-1]
        port = int(frame.topic.rpartition("/")[2])
        return codec.decode_uplink(port, frame.payload, frame.received_at)


@asynccontextmanager
async def town(
    *,
    key: Any = None,
    platform: Any = None,
    forged: bool = False,
    is_known: bool = True,
    ask_every: timedelta = timedelta(hours=1),
) -> AsyncIterator[Town]:
    key = key or ec.generate_private_key(CURVE)
    platform = platform or ec.generate_private_key(CURVE)
    signing = ec.generate_private_key(CURVE) if forged else key
    device = OslpDevice(DEVICE_ID, signing, platform.public_key(), 0)
    async with device:
        settings = OslpSettings(
            *("test", platform, {DEVICE_ID: key.public_key()}, "127.0.0.1", 0, device.port),
            ask_every=ask_every,
        )
        link = OslpLink(
            settings,
            lambda: datetime.now(UTC),
            store=MemorySessions(),
            is_known=lambda _: is_known,
        )
        async with link:
            device.platform_port = link.port
            here = Town(link, device)
            task = asyncio.create_task(here.run())
            try:
                yield here
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def test_a_device_registers_and_obeys() -> None:
    async with town() as here:
        assert await here.device.register()
        await here.order(codec.set_level(70))
        assert here.device.level == 70
        await eventually(lambda: len(here.frames) == 2)
        (echo,) = here.last().acknowledgements
        assert isinstance(echo, LevelEcho)
        assert echo.level_percent == 70
        await here.order(codec.set_level(None))
        assert here.device.resumed == 1
        (program,) = codec.write_program(0, [ProgramStep(1080, 100), ProgramStep(1380, 40)])
        await here.order(program)
        assert here.device.schedule == [("180000", 100), ("230000", 40)]


async def test_registered_devices_are_asked_for_their_meter() -> None:
    async with town(ask_every=timedelta(milliseconds=100)) as here:
        assert await here.device.register()

        def energies_wh() -> set[float]:
            return {
                one.value
                for frame in here.frames
                for one in codec.decode_uplink(
                    int(frame.topic.rpartition("/")[2]), frame.payload, frame.received_at
                ).readings
                if one.quantity is Quantity.ACTIVE_ENERGY_WH
            }

        await eventually(lambda: here.device.energy_wh in energies_wh())


async def test_rsa_keys_serve_as_well() -> None:
    key = rsa.generate_private_key(65537, 1024)
    platform = rsa.generate_private_key(65537, 1024)
    async with town(key=key, platform=platform) as here:
        assert await here.device.register()
        await here.order(codec.set_level(20))
        assert here.device.level == 20


async def test_the_meter_is_read_when_asked() -> None:
    async with town() as here:
        await here.device.register()
        await here.order(codec.request_meter())
        await eventually(lambda: len(here.frames) == 2)
        readings = {(str(one.quantity), one.channel): one.value for one in here.last().readings}
        assert readings["active_energy_wh", ""] == 1234
        assert readings["active_power_w", ""] == 150
        assert readings["burning_time_s", ""] == 5400
        assert readings["current_a", "L1"] == 0.65
        assert readings["power_factor", "L1"] == 0.9


async def test_events_are_stored_once_however_often_they_are_told() -> None:
    async with town() as here:
        await here.device.register()
        assert await here.device.notify((2000, 1, "20261120173000"))
        number = here.device.sequence
        assert await here.device.notify((2000, 1, "20261120173000"), sequence=number)
        await eventually(lambda: len(here.frames) == 2)
        assert await here.device.notify((2001, 1, "20261121053000"))
        await eventually(lambda: len(here.frames) == 3)


async def test_both_may_speak_at_the_same_time() -> None:
    async with town() as here:
        await here.device.register()
        before = here.device.sequence
        await here.order(codec.set_level(70))
        assert await here.device.notify((4800, 0, "20261120173000"), sequence=before + 1)
        await eventually(lambda: len(here.frames) == 3)


async def test_a_number_out_of_the_window_is_refused() -> None:
    async with town() as here:
        await here.device.register()
        last = here.device.sequence
        for number in (last - 1, last + 7, last + 40_000):
            told = await here.device.notify((2000, 1, "20261120173000"), sequence=number % 65536)
            assert not told
        await eventually(lambda: len(here.frames) == 1)


def test_numbers_go_round() -> None:
    assert is_next(65535, 0)
    assert is_next(65533, 3)
    assert not is_next(0, 65535)
    assert not is_next(7, 7)


async def test_a_forged_device_is_not_heard() -> None:
    async with town(forged=True) as here:
        assert not await here.device.register()
        assert here.frames == []


async def test_an_unknown_device_leaves_evidence_and_is_not_commanded() -> None:
    async with town(is_known=False) as here:
        assert not await here.device.register()
        await eventually(lambda: len(here.frames) == 1)
        with pytest.raises(UnreachableError):
            await here.order(codec.set_level(70))


async def test_a_refusal_and_silence_are_told_apart() -> None:
    async with town() as here:
        with pytest.raises(UnreachableError, match="not registered"):
            await here.order(codec.set_level(70))
        await here.device.register()
        here.device.status = REJECTED
        with pytest.raises(RefusedByDeviceError, match="rejected"):
            await here.order(codec.set_level(70))
        here.device.server.close()
        with pytest.raises(UnreachableError):
            await here.order(codec.set_level(70))


@pytest.mark.parametrize("junk", [b"", b"\x00" * 300, b"\xff" * 144, b"GET / HTTP/1.1\r\n\r\n"])
async def test_junk_is_not_answered(junk: bytes) -> None:
    async with town() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.link.port)
        writer.write(junk)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        assert await here.device.register()


def test_keys_that_oslp_cannot_use_are_refused() -> None:
    for read in (private_key, public_key):
        with pytest.raises(KeyFormatError):
            read("not a key")
