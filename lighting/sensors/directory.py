"""The devices on columns as ingest meets them: who they are, what of their words is kept."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Decoded, Measurement, Quantity
from lighting.ingest.model import DeviceReport, Refusal
from lighting.sensors import keeping, repository, service
from lighting.sensors.model import (
    UNREGISTERED,
    Channel,
    DeviceHealth,
    KeptReading,
    KnownDevice,
)
from lighting.sensors.rules import undeclared


class SensorDevices:
    """Keeps for ingest what sensors measure: declared channels only, each value once."""

    def __init__(self) -> None:
        self._revision: tuple[int, int] | None = None
        self._by_address: dict[str, KnownDevice] = {}

    async def refresh(self, session: AsyncSession) -> None:
        revision = await repository.revision(session)
        if revision != self._revision:
            known = await repository.known_devices(session)
            self._by_address = {device.address: device for device in known}
            self._revision = revision

    def find(self, address: str) -> KnownDevice | None:
        return self._by_address.get(address)

    def refusal(self, device: KnownDevice, decoded: Decoded) -> Refusal | None:
        """A frame with values nobody declared waits until they are declared, or declined."""
        found = undeclared(device, decoded.readings)
        if not found:
            return None
        names = ", ".join(str(channel) for channel in found)
        return Refusal(
            UNREGISTERED, f"{names} of {device.address}: declare it with its purpose, or decline it"
        )

    async def keep(
        self, session: AsyncSession, reports: Sequence[DeviceReport], now: datetime
    ) -> int:
        """Store declared values that are not beyond their retention, and what they add up to."""
        await keeping.note_health(session, _healths(reports))
        readings = [one for report in reports for one in _readings(report, now)]
        return await service.append_once(session, readings)


def _readings(report: DeviceReport, now: datetime) -> Iterator[KeptReading]:
    device: KnownDevice = report.device  # type: ignore[assignment]  # made by `find`
    for one in _measured(report):
        sensor = device.sensors.get(Channel(one.quantity, one.channel))
        if sensor is not None and one.measured_at >= now - sensor.retention:
            yield KeptReading(sensor.id, one.measured_at, float(one.value))


def _healths(reports: Sequence[DeviceReport]) -> list[DeviceHealth]:
    """The newest word of each device about itself."""
    newest = {}
    for report in sorted(reports, key=lambda one: one.uplink.at):
        device: KnownDevice = report.device  # type: ignore[assignment]  # made by `find`
        said = {one.quantity: float(one.value) for one in _measured(report) if not one.channel}
        newest[device.id] = DeviceHealth(
            device.id,
            report.uplink.at,
            said.get(Quantity.BATTERY_CHARGE_PERCENT),
            said.get(Quantity.BATTERY_VOLTAGE_V),
        )
    return list(newest.values())


def _measured(report: DeviceReport) -> Sequence[Measurement]:
    return report.decoded.readings if report.decoded is not None else ()
