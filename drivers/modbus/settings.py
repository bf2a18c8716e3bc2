"""How to reach a Modbus gateway, and the limits of the line to it."""

from dataclasses import dataclass, field
from typing import TypeAlias

from drivers.modbus.bus import BusLimits
from drivers.spool import CAPACITY_FRAMES


@dataclass(frozen=True, slots=True)
class TcpEndpoint:
    """A gateway or device that speaks Modbus TCP."""

    host: str
    port: int = 502

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A serial line of this machine (RS-485 adapter) on which Modbus RTU is spoken, 8 data bits."""

    device: str
    baudrate: int = 9600
    parity: str = "N"
    stop_bits: int = 1

    def __str__(self) -> str:
        return self.device


Endpoint: TypeAlias = TcpEndpoint | SerialLine


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """One connection. `gateway` begins the address of all that stands behind it."""

    gateway: str
    endpoint: Endpoint
    limits: BusLimits = field(default_factory=BusLimits)
    spool_limit: int = CAPACITY_FRAMES

    def __post_init__(self) -> None:
        if not self.gateway or "/" in self.gateway or self.gateway != self.gateway.lower():
            raise ValueError(f"{self.gateway!r} is no name of a gateway: lower case, without '/'")
