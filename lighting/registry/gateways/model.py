"""Values of gateways."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SitedGateway:
    """A radio gateway as people know it; `address` is the one its network gives, in lower case."""

    organisation_id: UUID
    address: str
    name: str
    lon_deg: float
    lat_deg: float
