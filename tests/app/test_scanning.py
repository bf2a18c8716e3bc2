"""What a scan finds and nobody has put up is told to commissioning, line by line."""

from collections.abc import Sequence

from app.scanning import scan_all
from drivers.contract import Found
from drivers.errors import UnreachableError
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database
from lighting.commissioning import discovery
from lighting.ingest.directory import Directory
from tests.lighting.faults.samples import NIGHT


class Bus:
    """A link that finds what it is told, or does not answer."""

    def __init__(self, *found: Found, is_there: bool = True) -> None:
        self._found = found
        self._is_there = is_there

    async def scan(self) -> Sequence[Found]:
        if not self._is_there:
            raise UnreachableError("nobody answers")
        return self._found


class FakeLine:
    """A line with such a link."""

    def __init__(self, link: object) -> None:
        self.link = link


async def test_a_line_that_does_not_answer_keeps_no_other_from_being_scanned(
    database: Database,
) -> None:
    gear = Found("dali1/1/0/17", {"serial": 4711, "gtin": 4001234567890})
    lines = {
        "modbus:dead": FakeLine(Bus(is_there=False)),
        "modbus:dali1": FakeLine(Bus(gear)),
        "chirpstack:x": FakeLine(object()),
    }
    for _ in range(2):
        noted = await scan_all(lines, database, FixedClock(NIGHT), Directory())  # type: ignore[arg-type]
        assert noted == 1
    async with database.session() as session:
        (device,) = await discovery.devices(session, Caller.system())
    assert (device.network, device.address, device.serial) == ("modbus:dali1", gear.address, "4711")
    assert device.heard_count == 0
