"""The life of a batch of frames, from the broker's hand to committed facts.

The body of `Ingest.handle` is the story: each step is a line, and all of them are one transaction.
The broker is told that we have the frames only after its commit (`intake`), so a death at any
moment costs a repetition, and a repetition changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from drivers.contract import Frame, Listens
from drivers.lorawan.packages import WithPackages
from lighting.faults import service as faults
from lighting.faults.lights import Lights, light_of
from lighting.faults.service import ExpectedLight
from lighting.ingest.compute import RefusedError, harvest
from lighting.ingest.directory import Directory
from lighting.ingest.model import (
    BatchReport,
    DeviceReport,
    FindsDevices,
    Harvest,
    Heard,
    KnowsDevices,
    Network,
    Stranger,
)
from lighting.networks import service as networks
from lighting.registry.directory.model import ControllerRef
from lighting.solar import service as solar
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import QuarantineReason, RefusedFrame

LORAWAN = "lorawan"


class Acknowledgements(Protocol):
    """Hears what controllers and networks answer to orders."""

    async def note(self, session: AsyncSession, heard: Heard, now: datetime) -> None:
        """Take in echoes, reported levels, refusals and downlink reports of one batch."""


class WatchesStrangers(Protocol):
    """Hears of devices that the registry has in no light point."""

    async def note(self, session: AsyncSession, strangers: Sequence[Stranger]) -> None:
        """Keep what one batch says of strangers."""


class KeepsDevices(KnowsDevices, Protocol):
    """A part of the product that has devices of its own: cabinets, sensors."""

    async def refresh(self, session: AsyncSession) -> None:
        """Take over what changed since the last time; costs one row while nothing does."""

    async def keep(
        self, session: AsyncSession, reports: Sequence[DeviceReport], now: datetime
    ) -> int:
        """Store what was said, once however often it comes; returns how much of it was new."""


class NobodyListens:
    """Where no orders are given, nobody waits for answers."""

    async def note(self, session: AsyncSession, heard: Heard, now: datetime) -> None:
        return None


class NobodyWatches:
    """Where nothing is commissioned, strangers are only kept in quarantine."""

    async def note(self, session: AsyncSession, strangers: Sequence[Stranger]) -> None:
        return None


class Ingest:
    """Takes in the frames of one network."""

    def __init__(
        self,
        network: Network,
        *,
        expected: ExpectedLight,
        acknowledgements: Acknowledgements,
        strangers: WatchesStrangers | None = None,
        keepers: Sequence[KeepsDevices] = (),
        directory: Directory | None = None,
        codec_of: Callable[[str], Listens] | None = None,
    ) -> None:
        self.network = network
        self.directory = directory or Directory()
        self._expected = expected
        self._acknowledgements = acknowledgements
        self._strangers = strangers or NobodyWatches()
        self._keepers = keepers
        self._codec_of = codec_of or codec_of_profile

    async def handle(
        self, session: AsyncSession, frames: Sequence[Frame], now: datetime
    ) -> BatchReport:
        """Take in one batch, in the transaction of `session`."""
        gathered = await self.read(session, frames, now)
        return await self.keep(session, gathered, len(frames), now)

    async def read(self, session: AsyncSession, frames: Sequence[Frame], now: datetime) -> Harvest:
        """What the frames say, by the registry as it is now."""
        await self.refresh(session)
        return harvest(frames, self.network, self.directory, self._codec_of, now, self._keepers)

    async def refresh(self, session: AsyncSession) -> None:
        """Take over what changed of controllers and other devices."""
        await self.directory.refresh(session)
        for keeper in self._keepers:
            await keeper.refresh(session)

    def knows(self, address: str) -> bool:
        """Whether frames from this address are somebody's, as of the last `refresh`."""
        everyone: Sequence[FindsDevices] = (self.directory, *self._keepers)
        return any(one.find(address) is not None for one in everyone)

    async def keep(
        self, session: AsyncSession, gathered: Harvest, frame_count: int, now: datetime
    ) -> BatchReport:
        """Store what frames said, and draw the conclusions."""
        lights = self.directory.lights
        await telemetry.quarantine(session, await _owned(session, gathered.refused))
        fresh = await telemetry.append_once(
            session, gathered.readings, now, sightings=gathered.sightings
        )
        await telemetry.note_events(session, gathered.events)
        await telemetry.mark_energy_days(session, fresh, self.directory.timezone_of)
        for place, reports in gathered.reports.items():
            await self._keepers[place].keep(session, reports, now)
        await self._acknowledgements.note(session, gathered.heard, now)
        if gathered.strangers:
            await self._strangers.note(session, gathered.strangers)
        await solar.take_in(session, gathered.charges, self.directory.by_key, lights, now)
        looked_at = await faults.evaluate(
            session, lights, fresh, gathered.sightings, self._expected, now
        )
        return BatchReport.of(frame_count, gathered, len(fresh), looked_at)


async def _owned(session: AsyncSession, refused: Sequence[RefusedFrame]) -> Sequence[RefusedFrame]:
    """Frames of nobody's controllers are for those to see whose network they came by."""
    if all(one.organisation_id is not None for one in refused):
        return refused
    owners = await networks.owners(session)
    return [
        one
        if one.organisation_id is not None
        else replace(one, organisation_id=owners.get(one.network))
        for one in refused
    ]


def codec_of_profile(profile: str) -> Listens:
    """The codec a device profile names; on LoRaWAN, with the application packages beside it."""
    try:
        return _codec(profile)
    except profiles.ProfileError as error:
        raise RefusedError(QuarantineReason.NO_CODEC, str(error)) from error


@cache
def _codec(profile: str) -> Listens:
    own, known = profiles.listener(profile), profiles.load(profile)
    if known.network != LORAWAN:
        return own
    return WithPackages(own, frozenset(one.port for one in known.uplink_ports))


async def lights(session: AsyncSession, refs: Iterable[ControllerRef]) -> Lights:
    """The lights in service among `refs`, as the fault rules see them."""
    thresholds = await faults.thresholds_by_type(session)
    return Lights(light_of(ref, thresholds) for ref in refs if ref.in_service)
