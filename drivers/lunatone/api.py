"""The gateway's REST interface: what it is, which gear it knows, levels, scans.

Source: Lunatone DALI-2 IoT API documentation; KiraLT/lunatone-dali2-iot, generated from the
gateway's own OpenAPI (paths, `_line`, camel case, answers 200 and 204).
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import msgspec
from msgspec import Struct

from drivers.dali.master import ALL, GROUP_LETTER
from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError

T = TypeVar("T")

ANSWER_TIMEOUT_S = 1.5
SCAN_PAUSE_S = 1.0
SCAN_TIMEOUT = timedelta(minutes=15)  # a line of 64 gears takes some minutes
SCAN_DONE, SCAN_CANCELLED = "done", "cancelled"


class Device(Struct, frozen=True, rename="camel"):
    """Gear as the gateway keeps it."""

    id: int
    address: int
    line: int = 0
    name: str = ""
    groups: tuple[int, ...] = ()
    dali_types: tuple[int, ...] = ()
    features: Mapping[str, Any] = {}


class Devices(Struct, frozen=True):
    """All gear the gateway keeps."""

    devices: Sequence[Device]


class Scan(Struct, frozen=True):
    """How far a scan has come."""

    status: str
    id: str = ""
    progress: float = 0
    found: int = 0


class Rest:
    """The gateway over HTTP; every method raises `LinkError`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def devices(self) -> Sequence[Device]:
        """The gear it knows from its last scan."""
        return _read(await self._ask("GET", "/devices"), Devices).devices

    async def set_device(self, device: Device, percent: int) -> None:
        """Send one gear to a percentage of light."""
        await self._ask("POST", f"/device/{device.id}/control", {"dimmable": percent})

    async def set_many(self, line: int, target: str, percent: int) -> None:
        """Send group `g3` or `all` of a line to a percentage of light."""
        number = target.removeprefix(GROUP_LETTER)
        path = "/broadcast/control" if target == ALL else f"/group/{number}/control"
        await self._ask("POST", path, {"dimmable": percent}, line)

    async def scan(self, *, with_addressing: bool) -> Scan:
        """Let the gateway look for gear, and wait for the end; addressing gives short addresses to
        gear that has none."""
        asked = {"newInstallation": False, "noAddressing": not with_addressing}
        scan = _read(await self._ask("POST", "/dali/scan", asked), Scan)
        loop = asyncio.get_running_loop()
        until_s = loop.time() + SCAN_TIMEOUT.total_seconds()
        while scan.status not in (SCAN_DONE, SCAN_CANCELLED):
            if loop.time() > until_s:
                raise LinkError(f"the scan stands at {scan.progress:g} after {SCAN_TIMEOUT}")
            await asyncio.sleep(SCAN_PAUSE_S)
            scan = _read(await self._ask("GET", "/dali/scan"), Scan)
        if scan.status == SCAN_CANCELLED:
            raise RefusedByDeviceError("the scan was cancelled at the gateway")
        return scan

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, line: int | None = None
    ) -> bytes:
        parameters = {} if line is None else {"_line": line}
        try:
            answer = await self._client.request(method, path, json=body, params=parameters)
        except httpx.HTTPError as error:
            raise UnreachableError(f"{method} {path}: {type(error).__name__}") from error
        if answer.is_error:
            raise RefusedByDeviceError(f"{method} {path} was answered {answer.status_code}")
        return answer.content


def _read(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise UnexpectedAnswerError(str(error)) from error


class UnexpectedAnswerError(LinkError):
    """The gateway answered something that is not documented."""

    code = "answer_unexpected"
