"""Words and values of sensors: what they measure, why, for how long, and what is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from drivers.contract import Quantity


class SensorKind(StrEnum):
    """What a sensor is for; it bounds what may be measured."""

    PEDESTRIAN_COUNT = "pedestrian_count"
    TRAFFIC_COUNT = "traffic_count"
    PARKING = "parking"
    AIR_QUALITY = "air_quality"
    NOISE = "noise"
    WATER_LEVEL = "water_level"
    LIGHT = "light"


QUANTITIES_OF: Mapping[SensorKind, frozenset[Quantity]] = {
    SensorKind.PEDESTRIAN_COUNT: frozenset({Quantity.PERSON_COUNT}),
    SensorKind.TRAFFIC_COUNT: frozenset({Quantity.VEHICLE_COUNT}),
    SensorKind.PARKING: frozenset({Quantity.PARKING_OCCUPIED}),
    SensorKind.AIR_QUALITY: frozenset(
        {
            Quantity.CO2_PPM,
            Quantity.NO2_UG_M3,
            Quantity.PM10_UG_M3,
            Quantity.PM2_5_UG_M3,
            Quantity.TEMPERATURE_C,
            Quantity.RELATIVE_HUMIDITY_PERCENT,
            Quantity.AIR_PRESSURE_HPA,
        }
    ),
    SensorKind.NOISE: frozenset({Quantity.SOUND_LEVEL_DBA, Quantity.SOUND_LEVEL_MAX_DBA}),
    SensorKind.WATER_LEVEL: frozenset({Quantity.DISTANCE_MM}),
    SensorKind.LIGHT: frozenset({Quantity.ILLUMINANCE_LX}),
}

MEASURED = frozenset[Quantity]().union(*QUANTITIES_OF.values())
"""What needs a declared sensor; everything else a device sends is about the device itself."""

COUNTS = frozenset({Quantity.PERSON_COUNT, Quantity.VEHICLE_COUNT})
"""What passed since the report before: added up, where other quantities are averaged."""

ABOUT_PEOPLE = COUNTS | {Quantity.PARKING_OCCUPIED}
"""Each value follows from what single people did, so it is kept for a day, its periods longer."""

# CNIL practice, our domain reference §9.4: single values of presence and traffic live a day.
VALUES_ABOUT_PEOPLE_KEPT = timedelta(hours=24)
UNREGISTERED = "unregistered_sensor"
"""Why a frame waits in quarantine that holds values nobody has declared."""

# The shortest time over which counts are told (§9.4: "integer counts, at least 15 minutes").
PERIOD = timedelta(minutes=15)
# Near dwellings at night fewer than this many passers are not told (§9.4).
SMALL_COUNT_MAX = 4
NIGHT_STARTS_H, NIGHT_ENDS_H = 22, 6
RETENTION_DAYS_MAX = 3650
PURPOSE_CHARACTERS_MIN = 10


class LegalBasis(StrEnum):
    """Why it is lawful: article 6(1) of the GDPR, or that nothing here is about a person."""

    NO_PERSONAL_DATA = "no_personal_data"
    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"
    CONSENT = "consent"


class Step(StrEnum):
    """Over how long values are told together."""

    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"


class Channel(NamedTuple):
    """One thing a device measures; `name` is the device's own word, empty for a single one."""

    quantity: Quantity
    name: str = ""

    def __str__(self) -> str:
        return f"{self.quantity.value}/{self.name}" if self.name else self.quantity.value

    @classmethod
    def parse(cls, text: str) -> "Channel":
        """From `co2_ppm` or `vehicle_count/left`; raises `ValueError` for an unknown quantity."""
        quantity, _, name = text.partition("/")
        return cls(Quantity(quantity), name)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device on a column, before it is known; where it hangs is a light point or a place."""

    organisation_id: UUID
    address: str
    network: str
    profile: str
    title: str
    expected_period: timedelta
    light_point_id: UUID | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    declined: frozenset[Channel] = frozenset()
    is_generated: bool = False


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device on a column and how it does; `declined` is what it sends and nobody keeps."""

    id: UUID
    organisation_id: UUID
    address: str
    network: str
    profile: str
    title: str
    expected_period: timedelta
    light_point_id: UUID | None
    lon_deg: float
    lat_deg: float
    declined: frozenset[Channel]
    is_generated: bool
    seen_at: datetime | None
    battery_charge_percent: float | None
    battery_voltage_v: float | None


@dataclass(frozen=True, slots=True)
class NewSensor:
    """One channel of a device declared: what for, on which ground, for how long, by whom."""

    device_id: UUID
    kind: SensorKind
    channel: Channel
    title: str
    purpose: str
    legal_basis: LegalBasis
    owner: str
    retention_days: int
    is_publishable: bool = False
    is_near_dwellings: bool = True


@dataclass(frozen=True, slots=True)
class SensorView:
    """A declared sensor, with its newest period."""

    id: UUID
    device: DeviceView
    kind: SensorKind
    channel: Channel
    title: str
    purpose: str
    legal_basis: LegalBasis
    owner: str
    retention_days: int
    is_publishable: bool
    is_near_dwellings: bool
    registered_at: datetime
    timezone: str
    latest: "Period | None"

    @property
    def quantity(self) -> Quantity:
        return self.channel.quantity


@dataclass(frozen=True, slots=True)
class SensorFilter:
    """Which sensors a list wants; an organisation includes those under it."""

    organisation_id: UUID | None = None
    light_point_id: UUID | None = None
    kind: SensorKind | None = None


class KeptReading(NamedTuple):
    """One value of one sensor at the instant the device gave it."""

    sensor_id: UUID
    at: datetime
    value: float


class Period(NamedTuple):
    """Values of one sensor over a stretch of time: their sum, their extremes, how many."""

    starts_at: datetime
    total: float
    minimum: float
    maximum: float
    samples: int


@dataclass(frozen=True, slots=True)
class ToldPeriod:
    """A period as it may be told: no value where it is withheld."""

    starts_at: datetime
    ends_at: datetime
    value: float | None
    minimum: float | None
    maximum: float | None
    samples: int
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """What a frame says of the device itself."""

    device_id: UUID
    at: datetime
    battery_charge_percent: float | None = None
    battery_voltage_v: float | None = None


class KnownSensor(NamedTuple):
    """A declared sensor as ingest knows it."""

    id: UUID
    retention: timedelta


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device as ingest knows it, with the sensors declared on it."""

    id: UUID
    organisation_id: UUID
    address: str
    profile: str
    sensors: Mapping[Channel, KnownSensor] = field(default_factory=dict)
    declined: frozenset[Channel] = frozenset()
