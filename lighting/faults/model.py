"""Words and values of faults: causes, thresholds with their reasons, watches, alarms' events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from kit.outbox import Event


class Cause(StrEnum):
    """What is wrong; names follow TALQ where it has one."""

    LAMP_FAILURE = "lamp_failure"
    LAMP_UNEXPECTED_ON = "lamp_unexpected_on"
    LAMP_POWER_TOO_LOW = "lamp_power_too_low"
    LAMP_POWER_TOO_HIGH = "lamp_power_too_high"
    COMMUNICATION_LOSS = "communication_loss"
    DOOR_OPEN = "door_open"
    BREAKER_TRIPPED = "breaker_tripped"
    RESIDUAL_CURRENT = "residual_current"
    SUPPLY_LOSS = "supply_loss"
    PHASE_LOSS = "phase_loss"
    CONTACTOR_STUCK = "contactor_stuck"
    BATTERY_LOW = "battery_low"
    BATTERY_NOT_CHARGING = "battery_not_charging"
    PANEL_FAILURE = "panel_failure"


LAMP_CAUSES = (
    Cause.LAMP_FAILURE,
    Cause.LAMP_UNEXPECTED_ON,
    Cause.LAMP_POWER_TOO_LOW,
    Cause.LAMP_POWER_TOO_HIGH,
)


class AssetType(StrEnum):
    """What an alarm is about."""

    LIGHT_POINT = "light_point"
    CABINET = "cabinet"
    CONTROLLER = "controller"
    GATEWAY = "gateway"


class Urgency(StrEnum):
    """From danger (U0) to minor anomaly (U4); the classes of maintenance contracts."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"


class AlarmState(StrEnum):
    """Life of an alarm (ISA-18.2): `returned` has cleared before anyone acknowledged it."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    NORMAL = "normal"


class Verdict(StrEnum):
    """What one sample says about one cause. Undecided is not healthy: it proves nothing."""

    FAULTY = "faulty"
    HEALTHY = "healthy"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a sample turns faulty and where it is healthy again, as ratios of power.

    Between the two nothing is decided, so that a value on the edge does not flicker. Defaults
    from the taxonomy in our domain reference; a luminaire type may have its own.
    """

    # Under a fifth of what the lamp should draw, only gear and controller are left.
    dark_ratio_max: float = 0.20
    # A lamp known dark is alight again above six tenths: beyond what a failing lamp flickers to.
    alight_ratio_min: float = 0.60
    # Half of rated power by day is a burning lamp; standby and a pilot light stay far below.
    day_burning_ratio_min: float = 0.50
    # Under a fifth of rated power by day nothing burns.
    day_dark_ratio_max: float = 0.20
    # Mains ±10 % moves a magnetic HID circuit by about ±20 %, the power curve adds its own error.
    power_low_ratio_max: float = 0.75
    power_low_healthy_ratio_min: float = 0.85
    power_high_ratio_min: float = 1.30
    power_high_healthy_ratio_max: float = 1.20
    # The maker's table of power over light, where it is known: (percent, ratio of rated power).
    power_curve: tuple[tuple[float, float], ...] = ()


DEFAULT_THRESHOLDS = Thresholds()

# Dark is also whatever is under 3 W: a controller alone draws 0.5 to 1.5 W, a gear's standby 0.5 W.
DARK_POWER_W_MAX = 3.0
# Where a lamp should draw less than this, alight (60 %) is no more than dark (3 W): undecidable.
EXPECTED_POWER_W_MIN = 5.0
# Controllers report whole watts and may count their own 1.5 W: together 2 W, a fifth of 10 W, which
# is the margin between the power window and its hysteresis.
WINDOW_POWER_W_MIN = 10.0
# Below half of nominal voltage the feeder has a fault, and nothing can be said about the lamp.
SUPPLY_VOLTAGE_V_MIN = 115.0
# Day burning is judged with the Sun this high: clear of dusk, fog and photocells in shade.
DAYLIGHT_ELEVATION_DEG_MIN = 3.0


@dataclass(frozen=True, slots=True)
class Persistence:
    """How much evidence turns suspicion into an alarm, and how much ends it."""

    samples: int
    time: timedelta
    healthy_samples: int
    healthy_time: timedelta


_OFF_DELAY = timedelta(seconds=60)

PERSISTENCE: Mapping[Cause, Persistence] = {
    # Three samples over ten minutes: one lost or garbled report is never a dead lamp.
    Cause.LAMP_FAILURE: Persistence(3, timedelta(minutes=10), 2, timedelta(minutes=10)),
    # Half an hour of daylight outlasts a crew's test and a passing storm.
    Cause.LAMP_UNEXPECTED_ON: Persistence(2, timedelta(minutes=30), 2, _OFF_DELAY),
    Cause.LAMP_POWER_TOO_LOW: Persistence(2, timedelta(minutes=15), 2, _OFF_DELAY),
    Cause.LAMP_POWER_TOO_HIGH: Persistence(2, timedelta(minutes=15), 2, _OFF_DELAY),
    # One sunken report may be a lamp starting; two a quarter of an hour apart are the battery.
    Cause.BATTERY_LOW: Persistence(2, timedelta(minutes=10), 2, _OFF_DELAY),
    # Two hours of high Sun outlast a cloud, a shadow that moves on and a charger's pause.
    Cause.BATTERY_NOT_CHARGING: Persistence(4, timedelta(hours=2), 2, _OFF_DELAY),
    Cause.PANEL_FAILURE: Persistence(4, timedelta(hours=2), 2, _OFF_DELAY),
    # Silence is judged by its own length; two uplinks prove the link.
    Cause.COMMUNICATION_LOSS: Persistence(1, timedelta(0), 2, timedelta(0)),
}

# Between two samples that agree at most this much time is credited: what happened during a longer
# silence is not known, and unknown time is not evidence.
CREDITED_TIME_MAX = timedelta(minutes=30)

# A level counts as settled this long after it was taken: five minutes, and the warm-up.
SETTLING_TIME = timedelta(minutes=5)
LED_WARM_UP = timedelta(minutes=1)
DISCHARGE_WARM_UP = timedelta(minutes=10)

# Silence is a loss after three periods; a report due once a day is missed after two hours of grace.
SILENT_PERIODS = 3
DAILY_PERIOD = timedelta(hours=20)
DAILY_GRACE = timedelta(hours=2)

# Samples kept with an alarm: the first ten, then the newest ten.
EVIDENCE_SAMPLES_MAX = 20
EVIDENCE_NIGHTS_MAX = 10


@dataclass(frozen=True, slots=True)
class Light:
    """What the rules need to know of one controller and the lamp it stands on."""

    controller_key: int
    controller_id: UUID
    light_point_id: UUID
    organisation_id: UUID
    cabinet_id: UUID | None
    rated_power_w: float | None
    level_min_percent: int
    is_led: bool
    lat_deg: float
    lon_deg: float
    timezone: str
    expected_period: timedelta
    installed_at: datetime
    is_fed_by_day: bool = True
    """False on a switched feeder: by day the controller has no power, and its silence is normal."""
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    @property
    def settling_time(self) -> timedelta:
        """How long a level must have held before the lamp is judged by it."""
        return SETTLING_TIME + (LED_WARM_UP if self.is_led else DISCHARGE_WARM_UP)


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading beside what was expected at its instant; what is not known is None."""

    light: Light
    at: datetime
    active_power_w: float | None
    supply_voltage_v: float | None
    reports_lamp_failure: bool
    reports_lamp_on: bool
    expected_level_percent: int | None
    """None where it is not known, or has not held long enough."""
    sun_elevation_deg: float


@dataclass(frozen=True, slots=True)
class Watch:
    """Evidence gathered about one (asset, cause): a suspicion until `alarm_id` is set."""

    asset_id: UUID
    cause: Cause
    controller_key: int
    light_point_id: UUID
    judged_at: datetime
    is_faulty: bool
    faulty_samples: int = 0
    faulty_time: timedelta = timedelta()
    healthy_samples: int = 0
    healthy_time: timedelta = timedelta()
    nights: tuple[date, ...] = ()
    alarm_id: UUID | None = None
    has_warned: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Enough evidence for an alarm, or one more sample for an open one."""

    asset_type: AssetType
    asset_id: UUID
    organisation_id: UUID
    light_point_id: UUID | None
    cabinet_id: UUID | None
    cause: Cause
    urgency: Urgency
    at: datetime
    evidence: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEvent(Event):
    """What every alarm event tells of its alarm."""

    alarm_id: UUID
    organisation_id: UUID
    asset_type: AssetType
    asset_id: UUID
    light_point_id: UUID | None
    cabinet_id: UUID | None
    cause: Cause
    urgency: Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(AlarmEvent):
    """An alarm has been opened."""

    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEscalated(AlarmEvent):
    """More evidence made an open alarm more urgent: a second night, a fourth day."""

    escalated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCleared(AlarmEvent):
    """The fault is gone; the alarm closed by itself."""

    cleared_at: datetime
