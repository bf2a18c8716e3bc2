"""How one LwM2M server is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from drivers.lwm2m.server.security import EndpointKey


@dataclass(frozen=True, slots=True)
class Lwm2mSettings:
    """One server. `name` is the second word of the network's name, as in `lwm2m:<name>`.

    Without `allows_unprotected`, whoever has no key is turned away. Devices notify at most each
    `notify_min` and at least each `notify_max`; an answer is waited for as long as `patience`,
    which covers the repetitions of CoAP (RFC 7252, MAX_TRANSMIT_WAIT).
    """

    name: str
    host: str = "0.0.0.0"
    port: int = 5683
    keys: Mapping[str, EndpointKey] = field(default_factory=dict, repr=False)
    allows_unprotected: bool = False
    notify_min: timedelta = timedelta(seconds=10)
    notify_max: timedelta = timedelta(hours=1)
    patience: timedelta = timedelta(seconds=100)
