"""Looks for what stands on buses and gateways, and tells commissioning what nobody has put up."""

from collections.abc import Mapping, Sequence

from app.lines.line import Line
from drivers.contract import Found, Scans
from drivers.errors import LinkError
from kit.clock import Clock
from kit.db import Database
from kit.log import get_logger
from lighting.commissioning import discovery
from lighting.ingest.directory import Directory
from lighting.ingest.model import Stranger

log = get_logger()


async def scan_all(
    lines: Mapping[str, Line], database: Database, clock: Clock, directory: Directory
) -> int:
    """Scan every open line that can look for its devices; returns how many strangers were noted.

    One line that does not answer keeps no other from being scanned.
    """
    noted = 0
    for network, line in sorted(lines.items()):
        link = getattr(line, "link", None)
        if not isinstance(link, Scans):
            continue
        try:
            found = await link.scan()
        except LinkError as error:
            log.warning("scan failed", network=network, error=str(error))
            continue
        noted += await _note(network, found, database, clock, directory)
    return noted


async def _note(
    network: str, found: Sequence[Found], database: Database, clock: Clock, directory: Directory
) -> int:
    async with database.session() as session:
        await directory.refresh(session)
        strangers = [
            Stranger(network, one.address, clock.now(), discovery.SCAN, detail=one.evidence)
            for one in found
            if directory.find(one.address.lower()) is None
        ]
        if strangers:
            await discovery.note(session, strangers)
    log.info("line scanned", network=network, found=len(found), strangers=len(strangers))
    return len(strangers)
