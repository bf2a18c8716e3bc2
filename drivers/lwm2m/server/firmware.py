"""Firmware by object 5: the package goes to the device, or the device fetches it, then it updates.

Source: OMA LightweightM2M TS Core 1.1, appendix E.6: writing to 5/0/0 (package, in blocks) or 5/0/1
(URI) starts a download; state 5/0/3 goes from idle over downloading to downloaded; executing 5/0/2
starts the update; 5/0/5 is its result. An empty package sets everything back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from drivers.contract import PortFrame
from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError
from drivers.lwm2m import content
from drivers.lwm2m.content import Format
from drivers.lwm2m.link import Lwm2mLink
from drivers.lwm2m.objects import FIRMWARE
from drivers.lwm2m.packet import Kind, pack, unpack
from drivers.lwm2m.paths import Path
from drivers.lwm2m.resources import (
    FIRMWARE_RESULT,
    FIRMWARE_RESULTS,
    FIRMWARE_STATE,
    FIRMWARE_STATES,
)

PACKAGE_BYTES_MAX = 16 * 1024 * 1024
LOOK_EVERY = timedelta(seconds=10)
INSTANCE = Path(FIRMWARE, 0)
PACKAGE, URI, UPDATE = (INSTANCE.child(number) for number in (0, 1, 2))
SUCCESS, NONE_YET = 1, 0


class Stage(StrEnum):
    """How far an update has come."""

    SENDING = "sending"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    UPDATING = "updating"
    UPDATED = "updated"


class Progress(NamedTuple):
    """One step of an update; `state` and `result` are the device's own words."""

    stage: Stage
    state: str = ""
    result: str = ""


class UpdateFailedError(LinkError):
    """The device gave the update up; the text is its reason."""

    code = "firmware_update_failed"


class _Status(NamedTuple):
    state: int
    result: int


async def update(
    link: Lwm2mLink,
    address: str,
    package: bytes | str,
    *,
    give_up_at: datetime,
    now: Callable[[], datetime],
    look_every: timedelta = LOOK_EVERY,
) -> AsyncIterator[Progress]:
    """Update one device, with bytes that are sent to it or a URI it fetches from.

    Yields each stage as it is reached, `UPDATED` last. Raises `UpdateFailedError` with the device's
    reason, `RefusedByDeviceError` when it takes no package, `UnreachableError` after `give_up_at`.
    A device that sleeps is waited for.
    """
    device = _Device(link, address, give_up_at, now, look_every)
    if (await device.status()).state:
        await device.order(pack(Kind.WRITE, PACKAGE, Format.OPAQUE, b""))
    yield Progress(Stage.SENDING)
    await device.order(_package_order(package))
    async for progress in device.until_downloaded():
        yield progress
    await device.order(pack(Kind.EXECUTE, UPDATE, Format.TEXT, b""))
    yield Progress(Stage.UPDATING)
    yield await device.outcome()


def _package_order(package: bytes | str) -> PortFrame:
    if isinstance(package, str):
        return pack(Kind.WRITE, URI, Format.TEXT, package.encode())
    if not 0 < len(package) <= PACKAGE_BYTES_MAX:
        raise RefusedByDeviceError(f"a package of {len(package)} bytes")
    return pack(Kind.WRITE, PACKAGE, Format.OPAQUE, package)


class _Device:
    """One device under update."""

    def __init__(
        self,
        link: Lwm2mLink,
        address: str,
        give_up_at: datetime,
        now: Callable[[], datetime],
        look_every: timedelta,
    ) -> None:
        self._link = link
        self._address = address
        self._give_up_at = give_up_at
        self._now = now
        self._look_every_s = look_every.total_seconds()

    async def order(self, frame: PortFrame) -> PortFrame | None:
        """The device's answer, as soon as it listens."""
        while True:
            known = self._link.registration(self._address)
            if known is not None and known.is_awake(self._now()):
                return await self._link.ask(self._address, frame)
            await self._pause("it sleeps, or is not registered")

    async def status(self) -> _Status:
        """State and result as the device holds them; raises `DecodeError`."""
        frame = await self.order(pack(Kind.READ, INSTANCE, Format.TLV, b""))
        assert frame is not None  # a read is answered, or raises
        said = unpack(*frame)
        held = {
            one.path.resource_id: one.value
            for one in content.read(said.form, said.path, said.body)
            if isinstance(one.value, int)
        }
        return _Status(int(held.get(FIRMWARE_STATE, 0)), int(held.get(FIRMWARE_RESULT, 0)))

    async def until_downloaded(self) -> AsyncIterator[Progress]:
        """Each change of state until the package is there."""
        last = None
        while True:
            status = await self.status()
            if status.result not in (NONE_YET, SUCCESS):
                raise _failed(status)
            if status.state != last and status.state == 2:
                yield _progress(Stage.DOWNLOADED, status)
                return
            if status.state != last:
                yield _progress(Stage.DOWNLOADING, status)
            last = status.state
            await self._pause("the package is not there yet")

    async def outcome(self) -> Progress:
        """What came of the update; a device that restarts is silent for a while."""
        while True:
            try:
                status = await self.status()
            except UnreachableError:
                status = _Status(3, NONE_YET)
            if status.result == SUCCESS:
                return _progress(Stage.UPDATED, status)
            if status.result != NONE_YET:
                raise _failed(status)
            await self._pause("the update has no result yet")

    async def _pause(self, why: str) -> None:
        if self._now() >= self._give_up_at:
            raise UnreachableError(f"{self._address} given up: {why}")
        await asyncio.sleep(self._look_every_s)


def _progress(stage: Stage, status: _Status) -> Progress:
    return Progress(
        stage,
        FIRMWARE_STATES.get(status.state, str(status.state)),
        FIRMWARE_RESULTS.get(status.result, str(status.result)),
    )


def _failed(status: _Status) -> UpdateFailedError:
    return UpdateFailedError(FIRMWARE_RESULTS.get(status.result, f"result {status.result}"))
