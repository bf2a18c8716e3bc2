"""Rows of gateways."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id
from lighting.registry.model import AssetState
from lighting.registry.tables import place_check


class Gateway(Table, table=True):
    """A radio gateway of the field network."""

    __tablename__ = "gateway"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    address: str = Field(unique=True)
    name: str = ""
    lon_deg: float
    lat_deg: float
    state: str = AssetState.IN_SERVICE.value
    created_at: datetime = aware_datetime()

    __table_args__ = (
        sa.CheckConstraint("address <> '' AND address = lower(address)", name="address"),
        place_check(),
        text_enum(AssetState, "state", "state"),
    )
