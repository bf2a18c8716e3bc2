"""Rows of field networks and of their lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, json_column, text_enum
from kit.ids import new_id
from lighting.networks.model import LineState, NetworkKind, NetworkState


class FieldNetwork(Table, table=True):
    """One field network; secrets are named in `settings`, never held."""

    __tablename__ = "field_network"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(unique=True)
    kind: str
    title: str = ""
    settings: dict[str, Any] = json_column()
    state: str = NetworkState.ACTIVE.value
    created_at: datetime = aware_datetime()

    __table_args__ = (
        text_enum(NetworkKind, "kind", "kind"),
        text_enum(NetworkState, "state", "state"),
        sa.CheckConstraint("split_part(name, ':', 1) = kind", name="name"),
    )


class FieldNetworkMemory(Table, table=True):
    """What the line of a network must still know after a restart, by keys of its own."""

    __tablename__ = "field_network_memory"

    network_id: UUID = Field(primary_key=True, foreign_key="field_network.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    value: Any = json_column()


class FieldNetworkLine(Table, table=True):
    """What a worker last said of the line of a network."""

    __tablename__ = "field_network_line"

    network_id: UUID = Field(primary_key=True, foreign_key="field_network.id", ondelete="CASCADE")
    state: str
    since: datetime = aware_datetime()
    detail: str = ""
    last_frame_at: datetime | None = aware_datetime(nullable=True)
    frame_count: int = Field(default=0, sa_type=sa.BigInteger)
    sent_count: int = Field(default=0, sa_type=sa.BigInteger)
    told_at: datetime = aware_datetime()

    __table_args__ = (text_enum(LineState, "state", "state"),)
