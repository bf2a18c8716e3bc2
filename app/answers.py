"""Brings what controllers and networks answer (ingest) to the side that gave orders (control)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from lighting.control import deliveries, reconciliation
from lighting.control.model import ControlledLight, LevelAcknowledgement, Refusal
from lighting.ingest.directory import Directory
from lighting.ingest.model import DownlinkOutcome, DownlinkReport, Heard, LevelHeard
from lighting.radio import packages
from lighting.radio.model import PackageHeard


class OrderAnswers:
    """Takes in echoes, reported levels, refusals and downlink reports of a batch."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def note(self, session: AsyncSession, heard: Heard, now: datetime) -> None:
        """Echoes before reports: a report completes what an echo of the same batch confirmed."""
        echoes, reported = _levels(heard.echoes), _levels(heard.reported)
        refusals = [Refusal(one.controller_key, one.reason, one.at) for one in heard.refusals]
        keys = {one.controller_key for one in (*echoes, *reported)}
        lights = self._lights(keys | {one.controller_key for one in refusals})
        await reconciliation.note_acknowledgements(session, lights, echoes)
        await reconciliation.note_reported(session, lights, reported)
        await reconciliation.note_refusals(session, lights, refusals, now)
        await _note_failures(session, heard.downlinks, now)
        await packages.note(
            session,
            (
                PackageHeard(one.controller_key, one.port, one.payload, one.at)
                for one in heard.packages
            ),
            now,
        )

    def _lights(self, controller_keys: Iterable[int]) -> Mapping[int, ControlledLight]:
        refs = self._directory.by_key
        return {
            key: ControlledLight(refs[key].light_point_id, refs[key].organisation_id)
            for key in controller_keys
            if key in refs
        }


def _levels(heard: Iterable[LevelHeard]) -> list[LevelAcknowledgement]:
    """Levels that say something: a controller sent back to its own program names none."""
    return [
        LevelAcknowledgement(one.controller_key, one.level_percent, one.at)
        for one in heard
        if one.level_percent is not None
    ]


async def _note_failures(
    session: AsyncSession, reports: Iterable[DownlinkReport], now: datetime
) -> None:
    lost = (DownlinkOutcome.FAILED, DownlinkOutcome.NOT_ACKNOWLEDGED)
    failed = {
        identifier: one.reason or one.outcome.value
        for one in reports
        if one.outcome in lost and (identifier := _uuid(one.queue_item_id)) is not None
    }
    if failed:
        await deliveries.note_failed(session, list(failed), list(failed.values()), now)


def _uuid(text: str) -> UUID | None:
    """The identifier of one of our orders; another application's may have any form."""
    try:
        return UUID(text)
    except ValueError:
        return None
