"""Values of the simulated city: its lamps, and the faults it was given (the known truth)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TruthKind(StrEnum):
    """What can be wrong with a simulated lamp; each value names the alarm it must lead to."""

    LAMP_FAILURE = "lamp_failure"
    DAY_BURNER = "lamp_unexpected_on"
    COMMUNICATION_LOSS = "communication_loss"
    POWER_LOW = "lamp_power_too_low"


@dataclass(frozen=True, slots=True)
class Lamp:
    """A luminaire with its controller, as the simulator needs to know it.

    `network` is named `kind:where`, as in `chirpstack:<application id>`. `site` is the name that
    whoever keeps the city gives to the place, the same whatever controller stands there; `cabinet`
    is that of what feeds it.
    """

    address: str
    network: str
    gateway_id: str
    rated_power_w: float
    standby_power_w: float
    lat_deg: float
    lon_deg: float
    site: str = ""
    cabinet: str = ""

    @property
    def kind(self) -> str:
        """The first word of its network's name: how its controller speaks."""
        return self.network.partition(":")[0]

    @property
    def where(self) -> str:
        """The second word of its network's name."""
        return self.network.partition(":")[2]


@dataclass(frozen=True, slots=True)
class SeededFault:
    """A fault of known truth: lamp number, kind, when it began and when it was repaired."""

    lamp: int
    kind: TruthKind
    starts_at: datetime
    ends_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether it has begun and is not repaired yet."""
        return self.starts_at <= at and (self.ends_at is None or self.ends_at > at)
