"""Values of control: what a light should give, why, and how far an order to it has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from drivers.contract import PortFrame
from kit.outbox import Event


class Priority(IntEnum):
    """Who wins when several orders hold for one light (domain: emergency first, fallback last)."""

    SCHEDULE = 10
    CITIZEN = 20
    EVENT = 30
    MAINTENANCE = 40
    EMERGENCY = 50


class CommandState(StrEnum):
    """Life of a command: an order to a set of lights, with an end."""

    ACTIVE = "active"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """How far one order to one light has come."""

    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    APPLIED = "applied"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


OPEN_DELIVERY_STATES = (DeliveryState.QUEUED, DeliveryState.SENT)


class AssignmentScope(StrEnum):
    """What a calendar is assigned to; the narrowest scope wins."""

    ORGANISATION = "organisation"
    CABINET = "cabinet"
    LIGHT_POINT = "light_point"


@dataclass(frozen=True, slots=True)
class Target:
    """The lights of a command: exactly one of the three is given."""

    light_point_ids: tuple[UUID, ...] = ()
    cabinet_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DesiredLevel:
    """The level a light should give and the reason: `schedule`, `command:<id>` or `unassigned`."""

    level_percent: int
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """One level for one light, on its way."""

    delivery_id: UUID
    controller_key: int
    address: str
    network: str
    profile: str
    gateway: str
    level_percent: int
    attempts: int
    expires_at: datetime
    command_id: UUID | None = None
    frame: PortFrame | None = None
    """Other words than those of the level, where an order carries them."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """One level for one light, to be queued; it may be on its way until `delivered_by`, when that
    is later than its age allows, and never beyond the end of its command."""

    light_point_id: UUID
    organisation_id: UUID
    controller_key: int
    level_percent: int
    command_id: UUID | None = None
    command_ends_at: datetime | None = None
    delivered_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class ControlledLight:
    """The light point a controller stands on."""

    light_point_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class LevelAcknowledgement:
    """A controller says that it holds `level_percent` since `at`: by echo or by report."""

    controller_key: int
    level_percent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """A controller's refusal of the order last sent to it."""

    controller_key: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFinished(Event):
    """A command has ended: by its expiry or because somebody cancelled it."""

    command_id: UUID
    organisation_id: UUID


# An order not confirmed in this time is given up; the next tick makes a new one if the light
# still differs, so giving up loses nothing but keeps queues from growing behind a dead gateway.
ORDER_AGE_MAX = timedelta(minutes=30)
# A command may not bind a light for longer than this: longer wishes belong in a calendar.
COMMAND_DURATION_MAX = timedelta(days=31)
COMMAND_LIGHTS_MAX = 200_000
