"""Rows of cabinets: their devices and channels, what these said, orders to contactors."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from kit.db import Table, aware_datetime, text_enum
from kit.ids import new_id
from lighting.cabinets.model import ContactRole, Direction
from lighting.cabinets.rules import PERSISTENCE
from lighting.control.model import DeliveryState

CAUSES = ", ".join(f"'{cause.value}'" for cause in PERSISTENCE)
OPEN = "state IN ('queued', 'sent', 'acknowledged')"


def _real() -> float | None:
    value: float | None = Field(default=None, sa_type=sa.REAL)
    return value


def _counter() -> int | None:
    value: int | None = Field(default=None, sa_type=sa.BigInteger)
    return value


class CabinetDevice(Table, table=True):
    """A device in a cabinet from one instant to another; open while it is still there."""

    __tablename__ = "cabinet_device"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    cabinet_id: UUID = Field(foreign_key="cabinet.id", index=True)
    controller_id: UUID = Field(foreign_key="controller.id")
    phase_count: int = Field(default=3, sa_type=sa.SmallInteger)
    installed_at: datetime = aware_datetime()
    removed_at: datetime | None = aware_datetime(nullable=True)
    seen_at: datetime | None = aware_datetime(nullable=True)

    __table_args__ = (
        sa.CheckConstraint("phase_count BETWEEN 1 AND 3", name="phase_count"),
        sa.CheckConstraint("removed_at >= installed_at", name="period"),
        sa.Index(
            "uq_cabinet_device_open_controller",
            "controller_id",
            unique=True,
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )


class CabinetChannel(Table, table=True):
    """A contact or output of a device, and what it means in its cabinet."""

    __tablename__ = "cabinet_channel"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    device_id: UUID = Field(foreign_key="cabinet_device.id")
    direction: str
    channel: str
    role: str
    name: str = ""
    is_inverted: bool = False
    follows_id: UUID | None = Field(default=None, foreign_key="cabinet_channel.id")
    rest_is_closed: bool | None = None

    __table_args__ = (
        sa.UniqueConstraint("device_id", "direction", "channel"),
        text_enum(Direction, "direction", "direction"),
        text_enum(ContactRole, "role", "role"),
        sa.CheckConstraint("direction = 'input' OR follows_id IS NULL", name="follows"),
        sa.CheckConstraint("direction = 'output' OR rest_is_closed IS NULL", name="rest"),
    )


class CabinetDirectory(Table, table=True):
    """One row that every change of devices and channels raises: workers see that they must look."""

    __tablename__ = "cabinet_directory"

    id: int = Field(default=1, primary_key=True)
    revision: int = Field(sa_type=sa.BigInteger)

    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)


class CabinetContact(Table, table=True):
    """The newest state of a contact or output."""

    __tablename__ = "cabinet_contact"

    channel_id: UUID = Field(primary_key=True, foreign_key="cabinet_channel.id")
    is_active: bool
    since: datetime = aware_datetime()
    seen_at: datetime = aware_datetime()


class CabinetContactChange(Table, table=True):
    """A contact changed. Append only."""

    __tablename__ = "cabinet_contact_change"

    channel_id: UUID = Field(primary_key=True, foreign_key="cabinet_channel.id")
    at: datetime = aware_datetime(primary_key=True)
    is_active: bool


class CabinetReading(Table, table=True):
    """What a meter said in the minute that begins at `at`; the first value of a minute stands."""

    __tablename__ = "cabinet_reading"

    device_id: UUID = Field(primary_key=True, foreign_key="cabinet_device.id")
    at: datetime = aware_datetime(primary_key=True)
    active_power_w: float | None = _real()
    active_power_l1_w: float | None = _real()
    active_power_l2_w: float | None = _real()
    active_power_l3_w: float | None = _real()
    supply_voltage_l1_v: float | None = _real()
    supply_voltage_l2_v: float | None = _real()
    supply_voltage_l3_v: float | None = _real()
    current_l1_a: float | None = _real()
    current_l2_a: float | None = _real()
    current_l3_a: float | None = _real()
    power_factor: float | None = _real()
    frequency_hz: float | None = _real()
    active_energy_wh: int | None = _counter()
    active_energy_l1_wh: int | None = _counter()
    active_energy_l2_wh: int | None = _counter()
    active_energy_l3_wh: int | None = _counter()
    exported_energy_wh: int | None = _counter()


class CabinetWatchRow(Table, table=True):
    """How long a cause has been the case of an asset: kept here so that it outlives the process."""

    __tablename__ = "cabinet_watch"

    asset_id: UUID = Field(primary_key=True)
    cause: str = Field(primary_key=True)
    cabinet_id: UUID = Field(foreign_key="cabinet.id", index=True)
    faulty_since: datetime = aware_datetime()
    judged_at: datetime = aware_datetime()
    healthy_since: datetime | None = aware_datetime(nullable=True)
    alarm_id: UUID | None = Field(default=None, foreign_key="alarm.id")

    __table_args__ = (sa.CheckConstraint(f"cause IN ({CAUSES})", name="cause"),)


class Contactor(Table, table=True):
    """What a contactor should do, and what its relay last confirmed."""

    __tablename__ = "contactor"

    channel_id: UUID = Field(primary_key=True, foreign_key="cabinet_channel.id")
    desired_is_closed: bool | None = None
    desired_at: datetime | None = aware_datetime(nullable=True)
    desired_until: datetime | None = aware_datetime(nullable=True)
    desired_reason: str = ""
    acknowledged_is_closed: bool | None = None
    acknowledged_at: datetime | None = aware_datetime(nullable=True)


class SwitchOrder(Table, table=True):
    """One order to one contactor; `id` travels with it. One open order for each, by constraint."""

    __tablename__ = "switch_order"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id")
    cabinet_id: UUID = Field(foreign_key="cabinet.id")
    channel_id: UUID = Field(foreign_key="cabinet_channel.id")
    is_closed: bool
    reason: str
    author_id: UUID | None = None
    author: str
    state: str = DeliveryState.QUEUED.value
    attempts: int = Field(default=0, sa_type=sa.SmallInteger)
    created_at: datetime = aware_datetime()
    deliver_by: datetime = aware_datetime()
    expires_at: datetime | None = aware_datetime(nullable=True)
    next_try_at: datetime = aware_datetime()
    sent_at: datetime | None = aware_datetime(nullable=True)
    acknowledged_at: datetime | None = aware_datetime(nullable=True)
    applied_at: datetime | None = aware_datetime(nullable=True)
    ended_at: datetime | None = aware_datetime(nullable=True)
    detail: str | None = None

    __table_args__ = (
        text_enum(DeliveryState, "state", "state"),
        sa.Index(
            "uq_switch_order_open_channel",
            "channel_id",
            unique=True,
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index("ix_switch_order_cabinet", "cabinet_id", "created_at", "id"),
        sa.Index("ix_switch_order_due", "next_try_at", postgresql_where=sa.text(OPEN)),
    )
