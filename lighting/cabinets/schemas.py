"""API shapes of cabinets alive."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from lighting.cabinets.model import (
    CHANNELS_MAX,
    Consumption,
    ContactRole,
    ContactState,
    DeviceRef,
    Direction,
    MeterReading,
    MeterState,
)
from lighting.cabinets.tables import SwitchOrder
from lighting.cabinets.viewing import CabinetLive, ContactorView
from lighting.control.model import DeliveryState


class ChannelInput(BaseModel):
    """A contact or contactor of a device; `follows` names the output an input proves."""

    direction: Direction
    channel: str = Field(min_length=1, max_length=20)
    role: ContactRole
    name: str = Field(default="", max_length=60)
    is_inverted: bool = False
    follows: str | None = Field(default=None, max_length=20)
    rest_is_closed: bool | None = None


class CabinetDeviceInput(BaseModel):
    """A registered controller or meter to be put into a cabinet."""

    controller_id: UUID
    phase_count: int = Field(default=3, ge=1, le=3)
    channels: list[ChannelInput] = Field(default=[], max_length=CHANNELS_MAX)


class CabinetDeviceAnswer(BaseModel):
    """A device in a cabinet."""

    id: UUID
    controller_id: UUID
    address: str
    network: str
    profile: str
    seen_at: datetime | None

    @classmethod
    def of(cls, device: DeviceRef, seen_at: datetime | None) -> Self:
        """The device as the API shows it."""
        names = ("id", "controller_id", "address", "network", "profile")
        return cls(**{name: getattr(device, name) for name in names}, seen_at=seen_at)


class MeterValuesAnswer(BaseModel):
    """What a meter said, by phase where it measures them; null was not said."""

    active_power_w: float | None
    active_power_l1_w: float | None
    active_power_l2_w: float | None
    active_power_l3_w: float | None
    supply_voltage_l1_v: float | None
    supply_voltage_l2_v: float | None
    supply_voltage_l3_v: float | None
    current_l1_a: float | None
    current_l2_a: float | None
    current_l3_a: float | None
    power_factor: float | None
    frequency_hz: float | None
    active_energy_wh: int | None
    active_energy_l1_wh: int | None
    active_energy_l2_wh: int | None
    active_energy_l3_wh: int | None
    exported_energy_wh: int | None


class MeterAnswer(MeterValuesAnswer):
    """The newest values of a meter, those of the last day."""

    device_id: UUID
    seen_at: datetime

    @classmethod
    def of(cls, device: DeviceRef, meter: MeterState) -> Self:
        """The meter as the API shows it."""
        return cls(device_id=device.id, seen_at=meter.seen_at, **meter.values._asdict())


class CabinetReadingAnswer(MeterValuesAnswer):
    """What a meter said in the minute that begins at `at`."""

    device_id: UUID
    at: datetime

    @classmethod
    def of(cls, reading: MeterReading) -> Self:
        """The reading as the API shows it."""
        return cls(device_id=reading.device_id, at=reading.at, **reading.values._asdict())


class ContactAnswer(BaseModel):
    """A contact: whether its role is the case, since when, and when that was last said."""

    id: UUID
    channel: str
    role: ContactRole
    name: str
    is_active: bool
    since: datetime
    seen_at: datetime

    @classmethod
    def of(cls, contact: ContactState) -> Self:
        """The contact as the API shows it."""
        channel = contact.channel
        return cls(
            id=channel.id,
            channel=channel.channel,
            role=channel.role,
            name=channel.name,
            is_active=contact.is_active,
            since=contact.since,
            seen_at=contact.seen_at,
        )


class SwitchInput(BaseModel):
    """An order to a contactor; give either `expires_at` or `duration_s`."""

    contactor_id: UUID
    is_closed: bool
    reason: str = Field(min_length=3, max_length=500)
    expires_at: AwareDatetime | None = None
    duration_s: int | None = Field(default=None, gt=0)


class SwitchAnswer(BaseModel):
    """An order to a contactor and how far it has come."""

    id: UUID
    contactor_id: UUID
    is_closed: bool
    reason: str
    author: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    applied_at: datetime | None
    ended_at: datetime | None
    detail: str | None

    @classmethod
    def of(cls, order: SwitchOrder) -> Self:
        """The order as the API shows it."""
        facts = order.model_dump(include=set(cls.model_fields))
        return cls(**facts, contactor_id=order.channel_id)


class ContactorAnswer(BaseModel):
    """What a contactor should do, what its relay confirmed, what it does, and its newest order."""

    id: UUID
    channel: str
    name: str
    rest_is_closed: bool | None
    desired_is_closed: bool | None
    desired_until: datetime | None
    desired_reason: str
    acknowledged_is_closed: bool | None
    acknowledged_at: datetime | None
    actual_is_closed: bool | None
    actual_since: datetime | None
    order: SwitchAnswer | None

    @classmethod
    def of(cls, view: ContactorView) -> Self:
        """The contactor as the API shows it."""
        wanted, actual = view.wanted, view.actual
        return cls(
            id=view.channel.id,
            channel=view.channel.channel,
            name=view.channel.name,
            rest_is_closed=view.channel.rest_is_closed,
            desired_is_closed=wanted.desired_is_closed if wanted else None,
            desired_until=wanted.desired_until if wanted else None,
            desired_reason=wanted.desired_reason if wanted else "",
            acknowledged_is_closed=wanted.acknowledged_is_closed if wanted else None,
            acknowledged_at=wanted.acknowledged_at if wanted else None,
            actual_is_closed=actual.is_active if actual else None,
            actual_since=actual.since if actual else None,
            order=SwitchAnswer.of(view.order) if view.order else None,
        )


class CabinetStateAnswer(BaseModel):
    """A cabinet as it is now; a cabinet without devices has empty lists."""

    cabinet_id: UUID
    seen_at: datetime | None
    devices: list[CabinetDeviceAnswer]
    meters: list[MeterAnswer]
    contacts: list[ContactAnswer]
    contactors: list[ContactorAnswer]

    @classmethod
    def of(cls, live: CabinetLive) -> Self:
        """The cabinet as the API shows it."""
        heard = [at for _, at in live.devices if at is not None]
        return cls(
            cabinet_id=live.cabinet.id,
            seen_at=max(heard, default=None),
            devices=[CabinetDeviceAnswer.of(device, at) for device, at in live.devices],
            meters=[MeterAnswer.of(device, meter) for device, meter in live.meters],
            contacts=[
                ContactAnswer.of(one)
                for one in live.contacts
                if one.channel.direction is Direction.INPUT
            ],
            contactors=[ContactorAnswer.of(one) for one in live.contactors],
        )


class CabinetEnergyAnswer(BaseModel):
    """What a cabinet imported and exported; `reset_count` breaks of counters count for nothing."""

    imported_wh: int
    exported_wh: int
    reset_count: int

    @classmethod
    def of(cls, imported: Consumption, exported: Consumption) -> Self:
        """The sums as the API shows them."""
        return cls(
            imported_wh=imported.energy_wh,
            exported_wh=exported.energy_wh,
            reset_count=imported.reset_count + exported.reset_count,
        )
