"""API shapes of sensors."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from drivers.contract import UNITS, Quantity
from lighting.sensors.model import (
    COUNTS,
    PURPOSE_CHARACTERS_MIN,
    RETENTION_DAYS_MAX,
    Channel,
    DeviceView,
    LegalBasis,
    NewDevice,
    NewSensor,
    SensorKind,
    SensorView,
    Step,
    ToldPeriod,
)

PERIOD_S_MAX = 7 * 24 * 3600
DECLINED_MAX = 50


class DeclinedInput(BaseModel):
    """What is dropped as it arrives: `temperature_c`, or with its channel `vehicle_count/left`."""

    declined: list[str] = Field(default_factory=list, max_length=DECLINED_MAX)

    @field_validator("declined")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        for name in names:
            Channel.parse(name)
        return names

    @property
    def channels(self) -> frozenset[Channel]:
        return frozenset(Channel.parse(name) for name in self.declined)


class NewDeviceInput(DeclinedInput):
    """A device on a column: at a light point, or at a place of its own."""

    organisation_id: UUID
    address: str = Field(min_length=1, max_length=64)
    network: str = Field(min_length=1, max_length=64, description="chirpstack:main")
    profile: str = Field(min_length=1, max_length=64, description="milesight/em500-co2")
    title: str = Field(min_length=1, max_length=120)
    expected_period_s: int = Field(ge=1, le=PERIOD_S_MAX)
    light_point_id: UUID | None = None
    lon_deg: float | None = Field(default=None, ge=-180, le=180)
    lat_deg: float | None = Field(default=None, ge=-90, le=90)

    def told(self) -> NewDevice:
        """The same, for the service."""
        values = self.model_dump(exclude={"declined", "expected_period_s"})
        return NewDevice(
            **values,
            expected_period=timedelta(seconds=self.expected_period_s),
            declined=self.channels,
        )


class DeviceAnswer(BaseModel):
    """A device on a column; `is_generated` marks one of a demonstration."""

    id: UUID
    organisation_id: UUID
    address: str
    network: str
    profile: str
    title: str
    expected_period_s: int
    light_point_id: UUID | None
    lon_deg: float
    lat_deg: float
    declined: list[str]
    is_generated: bool
    seen_at: datetime | None
    battery_charge_percent: float | None
    battery_voltage_v: float | None


class NewSensorInput(BaseModel):
    """One channel of a device, declared before a value is kept."""

    device_id: UUID
    kind: SensorKind
    quantity: Quantity
    channel: str = Field(default="", max_length=40)
    title: str = Field(min_length=1, max_length=120)
    purpose: str = Field(min_length=PURPOSE_CHARACTERS_MIN, max_length=1000)
    legal_basis: LegalBasis
    owner: str = Field(min_length=1, max_length=200, description="the service that answers for it")
    retention_days: int = Field(ge=1, le=RETENTION_DAYS_MAX)
    is_publishable: bool = False
    is_near_dwellings: bool = True

    def told(self) -> NewSensor:
        """The same, for the service."""
        values = self.model_dump(exclude={"quantity", "channel"})
        return NewSensor(**values, channel=Channel(self.quantity, self.channel))


class PeriodAnswer(BaseModel):
    """What was measured over a stretch of time: the sum of counts, the mean of all else.

    `value` is null where so few passed at night that it would tell of single people.
    """

    model_config = ConfigDict(from_attributes=True)

    starts_at: datetime = Field(serialization_alias="from")
    ends_at: datetime = Field(serialization_alias="to")
    value: float | None
    minimum: float | None
    maximum: float | None
    samples: int
    is_withheld: bool


class SensorAnswer(BaseModel):
    """A declared sensor with its device and its newest quarter of an hour."""

    id: UUID
    device: DeviceAnswer
    kind: SensorKind
    quantity: Quantity
    channel: str
    unit: str
    title: str
    purpose: str
    legal_basis: LegalBasis
    owner: str
    retention_days: int
    is_publishable: bool
    is_near_dwellings: bool
    is_count: bool
    registered_at: datetime
    latest: PeriodAnswer | None


class ReadingsAnswer(BaseModel):
    """What one sensor measured, oldest first; `is_complete` is false when there was more."""

    step: Step
    unit: str
    is_count: bool
    items: list[PeriodAnswer]
    is_complete: bool


def device_answer(device: DeviceView) -> DeviceAnswer:
    """The shape of a device."""
    values: dict[str, Any] = {
        name: getattr(device, name)
        for name in DeviceAnswer.model_fields
        if name not in ("declined", "expected_period_s")
    }
    return DeviceAnswer(
        **values,
        declined=sorted(str(channel) for channel in device.declined),
        expected_period_s=int(device.expected_period.total_seconds()),
    )


def period_answer(period: ToldPeriod) -> PeriodAnswer:
    """The shape of a period."""
    return PeriodAnswer.model_validate(period)


def unit_of(quantity: Quantity) -> str:
    """How to write the unit; counts and contacts have none."""
    return UNITS.get(quantity, "")


def sensor_answer(sensor: SensorView, latest: ToldPeriod | None) -> SensorAnswer:
    """The shape of a sensor."""
    names = ("id", "kind", "title", "purpose", "legal_basis", "owner", "retention_days")
    more = ("is_publishable", "is_near_dwellings", "registered_at")
    values: dict[str, Any] = {name: getattr(sensor, name) for name in (*names, *more)}
    return SensorAnswer(
        **values,
        device=device_answer(sensor.device),
        quantity=sensor.quantity,
        channel=sensor.channel.name,
        unit=unit_of(sensor.quantity),
        is_count=sensor.quantity in COUNTS,
        latest=None if latest is None else period_answer(latest),
    )


def readings_answer(
    sensor: SensorView, step: Step, periods: Sequence[ToldPeriod], *, is_complete: bool
) -> ReadingsAnswer:
    """The shape of what a sensor measured."""
    return ReadingsAnswer(
        step=step,
        unit=unit_of(sensor.quantity),
        is_count=sensor.quantity in COUNTS,
        items=[period_answer(one) for one in periods],
        is_complete=is_complete,
    )
