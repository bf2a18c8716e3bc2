"""Counts what passes a line and keeps its state, to be told now and then."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from drivers.contract import Frame
from lighting.ingest.intake import Batch
from lighting.networks.model import LineReport, LineState


class Watched:
    """The record of one network's line: its state and what passed since it was last told."""

    def __init__(self, network_id: UUID, at: datetime) -> None:
        self.network_id = network_id
        self._state = LineState.CLOSED
        self._since = at
        self._detail = ""
        self._frame_count = 0
        self._sent_count = 0
        self._last_frame_at: datetime | None = None

    def turn(self, state: LineState, at: datetime, detail: str = "") -> None:
        """The line is now in this state."""
        if state is not self._state:
            self._since = at
        self._state, self._detail = state, detail

    async def counted(self, batches: AsyncIterator[Batch]) -> AsyncIterator[Batch]:
        """The batches of the line, counted as they pass."""
        async for batch in batches:
            for frame in batch.frames:
                self.note_frame(frame)
            yield batch

    def note_frame(self, frame: Frame) -> None:
        """One more frame came by the line."""
        self._frame_count += 1
        self._last_frame_at = frame.received_at

    def note_sent(self) -> None:
        """One more order was taken by the network."""
        self._sent_count += 1

    def take_report(self) -> LineReport:
        """What to tell, and begin counting anew."""
        report = LineReport(
            self.network_id,
            self._state,
            self._since,
            self._detail,
            self._last_frame_at,
            self._frame_count,
            self._sent_count,
        )
        self._frame_count = self._sent_count = 0
        return report
