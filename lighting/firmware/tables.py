"""Rows of firmware campaigns; the bytes of images lie in files named by their hash."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id
from lighting.firmware.model import CampaignState, UpdateState


class FirmwareImage(Table, table=True):
    """Firmware of one device model, registered by an organisation."""

    __tablename__ = "firmware_image"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    profile: str
    version: str
    sha256: str
    size_bytes: int
    file_name: str = ""
    created_at: datetime = aware_datetime()
    created_by: str

    __table_args__ = (sa.UniqueConstraint("organisation_id", "profile", "version"),)


class FirmwareCampaign(Table, table=True):
    """One image on its way to many devices."""

    __tablename__ = "firmware_campaign"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    image_id: UUID = Field(foreign_key="firmware_image.id", index=True)
    name: str
    state: str = CampaignState.RUNNING.value
    fault_limit_percent: int = Field(sa_type=sa.SmallInteger)
    watch_s: int
    bytes_per_hour: int
    wave: int = Field(default=0, sa_type=sa.SmallInteger)
    reason: str = ""
    created_at: datetime = aware_datetime()
    created_by: str
    last_handed_at: datetime | None = aware_datetime(nullable=True)
    ended_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        text_enum(CampaignState, "state", "state"),
        sa.CheckConstraint("fault_limit_percent BETWEEN 0 AND 100", name="fault_limit"),
        sa.CheckConstraint("watch_s > 0 AND bytes_per_hour > 0", name="pace"),
        sa.Index(
            "ix_firmware_campaign_running", "id", postgresql_where=sa.text("state = 'running'")
        ),
    )


class FirmwareWave(Table, table=True):
    """A wave that has begun, and how many of its devices suffered in as much time before."""

    __tablename__ = "firmware_wave"

    campaign_id: UUID = Field(
        primary_key=True, foreign_key="firmware_campaign.id", ondelete="CASCADE"
    )
    number: int = Field(primary_key=True, sa_type=sa.SmallInteger)
    opened_at: datetime = aware_datetime()
    baseline_count: int


class FirmwareDevice(Table, table=True):
    """One device of a campaign."""

    __tablename__ = "firmware_device"

    campaign_id: UUID = Field(
        primary_key=True, foreign_key="firmware_campaign.id", ondelete="CASCADE"
    )
    controller_id: UUID = Field(primary_key=True, foreign_key="controller.id", index=True)
    wave: int = Field(sa_type=sa.SmallInteger)
    state: str = UpdateState.WAITING.value
    attempts: int = Field(default=0, sa_type=sa.SmallInteger)
    handed_at: datetime | None = aware_datetime(nullable=True)
    updated_at: datetime | None = aware_datetime(nullable=True)
    ended_at: datetime | None = aware_datetime(nullable=True)
    detail: str = ""

    __table_args__ = (
        text_enum(UpdateState, "state", "state"),
        sa.Index("ix_firmware_device_wave", "campaign_id", "wave", "state"),
        sa.Index("ix_firmware_device_due", "handed_at", postgresql_where=sa.text("state = 'due'")),
    )
