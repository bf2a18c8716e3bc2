"""Rows of radio."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.radio.model import CampaignState, FrameState, MemberState, Outcome, Proof


class RadioChannel(Table, table=True):
    """When a gateway's transmitter may send again in a sub-band."""

    __tablename__ = "radio_channel"

    gateway_address: str = Field(primary_key=True)
    sub_band: str = Field(primary_key=True)
    free_at: datetime = aware_datetime()


class RadioAirtime(Table, table=True):
    """What a gateway sent for us in a sub-band, by slices of ten minutes."""

    __tablename__ = "radio_airtime"

    gateway_address: str = Field(primary_key=True)
    sub_band: str = Field(primary_key=True)
    slice_at: datetime = aware_datetime(primary_key=True)
    airtime_us: int = Field(sa_type=sa.BigInteger)
    frame_count: int


class RadioGroupRow(Table, table=True):
    """A multicast group as its network server keeps it, under `remote_id`; its members hold it in
    their `slot` (0 to 3)."""

    __tablename__ = "radio_group"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    network: str
    name: str
    remote_id: str
    slot: int = Field(sa_type=sa.SmallInteger)
    profile: str
    data_rate: int = Field(sa_type=sa.SmallInteger)
    frequency_hz: int
    gateways: list[Any] = json_column()
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.UniqueConstraint("network", "name"),
        sa.CheckConstraint("data_rate BETWEEN 0 AND 6", name="data_rate"),
        sa.CheckConstraint("slot BETWEEN 0 AND 3", name="slot"),
    )


class RadioGroupMember(Table, table=True):
    """A controller in a group, and whether it holds the keys."""

    __tablename__ = "radio_group_member"

    group_id: UUID = Field(foreign_key="radio_group.id", primary_key=True)
    controller_key: int = Field(primary_key=True, index=True)
    state: str
    changed_at: datetime = aware_datetime()

    __table_args__ = (text_enum(MemberState, "state", "state"),)


class RadioCampaign(Table, table=True):
    """A re-dimming by radio: a command, its plan as it was shown, and its end."""

    __tablename__ = "radio_campaign"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    command_id: UUID = Field(foreign_key="command.id", unique=True)
    level_percent: int = Field(sa_type=sa.SmallInteger)
    state: str
    plan: dict[str, Any] = json_column()
    light_count: int
    author: str
    created_at: datetime = aware_datetime()
    planned_finish_at: datetime = aware_datetime()
    proven_by: datetime = aware_datetime()
    finished_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        text_enum(CampaignState, "state", "state"),
        sa.Index(
            "ix_radio_campaign_sending",
            "created_at",
            postgresql_where=sa.text("state = 'sending'"),
        ),
    )


class RadioCampaignLight(Table, table=True):
    """One light of a campaign: its way, and what is known of it."""

    __tablename__ = "radio_campaign_light"

    campaign_id: UUID = Field(foreign_key="radio_campaign.id", primary_key=True)
    light_point_id: UUID = Field(foreign_key="light_point.id", primary_key=True)
    controller_key: int
    group_id: UUID | None = Field(default=None, foreign_key="radio_group.id")
    gateway_address: str | None = None
    period_s: int
    outcome: str
    proof: str | None = None
    proven_at: datetime | None = aware_datetime(nullable=True)
    reason: str | None = None

    __table_args__ = (
        text_enum(Outcome, "outcome", "outcome"),
        text_enum(Proof, "proof", "proof"),
        sa.CheckConstraint(
            "(outcome = 'proven') = (proof IS NOT NULL AND proven_at IS NOT NULL)", name="proven"
        ),
        sa.CheckConstraint("(outcome = 'failed') = (reason IS NOT NULL)", name="failed"),
    )


class RadioFrame(Table, table=True):
    """A frame beside the orders of control: to a group, or to one device."""

    __tablename__ = "radio_frame"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    campaign_id: UUID | None = Field(default=None, foreign_key="radio_campaign.id", index=True)
    group_id: UUID | None = Field(default=None, foreign_key="radio_group.id")
    controller_key: int | None = None
    port: int = Field(sa_type=sa.SmallInteger)
    payload: bytes
    state: str
    created_at: datetime = aware_datetime()
    not_before: datetime = aware_datetime()
    expires_at: datetime = aware_datetime()
    sent_at: datetime | None = aware_datetime(nullable=True)
    detail: str | None = None

    __table_args__ = (
        text_enum(FrameState, "state", "state"),
        sa.CheckConstraint("(group_id IS NULL) <> (controller_key IS NULL)", name="addressee"),
        sa.Index(
            "ix_radio_frame_waiting", "not_before", postgresql_where=sa.text("state = 'waiting'")
        ),
    )
