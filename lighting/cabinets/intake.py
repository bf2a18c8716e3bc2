"""Cabinets' devices for the ingest: who they are, and what becomes of what they say."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Decoded
from lighting.cabinets import repository, switching, watching
from lighting.cabinets.compute import contacts_of, readings_of
from lighting.cabinets.model import DeviceRef
from lighting.ingest.model import DeviceReport, Refusal
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import EventNote


class CabinetDevices:
    """Keeps the devices of cabinets, as of the last `refresh`, and what they say."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._by_address: dict[str, DeviceRef] = {}

    async def refresh(self, session: AsyncSession) -> None:
        """Take over what changed; costs one row while nothing does."""
        revision = await repository.revision(session)
        if revision != self._revision:
            found = await repository.devices(session)
            self._by_address = {device.address: device for device in found}
            self._revision = revision

    def find(self, address: str) -> DeviceRef | None:
        """The device of a cabinet with this network address."""
        return self._by_address.get(address)

    def refusal(self, device: DeviceRef, decoded: Decoded) -> Refusal | None:
        """A cabinet keeps whatever it has a place for."""
        return None

    async def keep(
        self, session: AsyncSession, reports: Sequence[DeviceReport], now: datetime
    ) -> int:
        """Store meter values and contacts, confirm orders, judge the cabinets that spoke."""
        said: dict[DeviceRef, list[DeviceReport]] = defaultdict(list)
        for report in reports:
            assert isinstance(report.device, DeviceRef)  # `find` knows no other
            said[report.device].append(report)
        heard_at = {device: max(one.uplink.at for one in said[device]) for device in said}
        await repository.note_seen(session, {each.id: at for each, at in heard_at.items()})
        fresh = 0
        for device in sorted(said, key=lambda each: each.id):
            fresh += await _keep_device(session, device, said[device], now)
            await watching.note_heard(session, [device], heard_at[device], now)
        spoke: dict[UUID, datetime] = {}
        for device, at in heard_at.items():
            spoke[device.cabinet_id] = max(at, spoke.get(device.cabinet_id, at))
        for cabinet_id, at in sorted(spoke.items()):
            mine = [one for one in self._by_address.values() if one.cabinet_id == cabinet_id]
            await watching.judge(session, mine, at, now)
        return fresh


async def _keep_device(
    session: AsyncSession, device: DeviceRef, reports: Sequence[DeviceReport], now: datetime
) -> int:
    decoded = [report.decoded for report in reports if report.decoded is not None]
    measured = [reading for one in decoded for reading in one.readings]
    readings = readings_of(device.id, measured)
    contacts = contacts_of(device, measured)
    if readings:
        await repository.add_readings(session, readings)
    changed = await repository.put_contacts(session, contacts) if contacts else 0
    await switching.note_heard(session, device, contacts, now)
    events = [
        EventNote(device.controller_key, event.at, str(event.kind), event.detail)
        for one in decoded
        for event in one.events
    ]
    await telemetry.note_events(session, events)
    return len(readings) + changed
