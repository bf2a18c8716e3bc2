"""API shapes of quarantine."""

from base64 import b64encode
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from lighting.telemetry.model import KeptFrame


class QuarantinedFrameAnswer(BaseModel):
    """A frame nobody could read; `payload` as base64, `reason_code` to filter by."""

    id: UUID
    received_at: datetime
    last_received_at: datetime
    repeat_count: int
    network: str
    topic: str
    address: str | None
    organisation_id: UUID | None
    payload: str
    reason_code: str
    reason: str
    replayed_at: datetime | None

    @classmethod
    def of(cls, frame: KeptFrame) -> Self:
        """The frame as the API shows it."""
        facts = {name: getattr(frame, name) for name in cls.model_fields if name != "payload"}
        return cls(**facts, payload=b64encode(frame.payload).decode())


class ReplayAnswer(BaseModel):
    """What became of a frame tried again; a reason where it was refused again."""

    frame_id: UUID
    is_taken: bool
    reason_code: str | None
    reason: str | None
