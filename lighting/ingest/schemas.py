"""API shapes of quarantine."""

from base64 import b64encode
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from lighting.telemetry.model import KeptFrame

FRAME_IDS_MAX = 200


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


class QuarantineGroupAnswer(BaseModel):
    """Frames of one network that wait for one reason; `repeat_count` counts repetitions too,
    `reason` is that of the newest."""

    model_config = ConfigDict(from_attributes=True)

    network: str
    reason_code: str
    frame_count: int
    repeat_count: int
    address_count: int
    first_received_at: datetime
    last_received_at: datetime
    reason: str


class QuarantineGroupsAnswer(BaseModel):
    items: list[QuarantineGroupAnswer]


class SelectionInput(BaseModel):
    """Frames to try again: those picked, or all that fit. `cursor` continues a selection."""

    frame_ids: list[UUID] = Field(default_factory=list, max_length=FRAME_IDS_MAX)
    reason_code: str | None = Field(default=None, max_length=80)
    network: str | None = Field(default=None, max_length=120)
    address: str | None = Field(default=None, max_length=64)
    cursor: str | None = Field(default=None, max_length=500)


class SelectionAnswer(BaseModel):
    """What became of a portion; ask again with `next_cursor` until it is null."""

    tried: int
    taken: int
    refused: dict[str, int]
    next_cursor: str | None


class ReplayAnswer(BaseModel):
    """What became of a frame tried again; a reason where it was refused again."""

    frame_id: UUID
    is_taken: bool
    reason_code: str | None
    reason: str | None
