"""API shapes of gateways."""

from uuid import UUID

from pydantic import BaseModel, Field

from lighting.registry.gateways.model import SitedGateway


class GatewayPlaceInput(BaseModel):
    """What a gateway is called and where it stands."""

    organisation_id: UUID
    name: str = Field(default="", max_length=200)
    lon_deg: float = Field(ge=-180, le=180)
    lat_deg: float = Field(ge=-90, le=90)

    def of(self, address: str) -> SitedGateway:
        """The same, for the service."""
        return SitedGateway(
            self.organisation_id, address.lower(), self.name, self.lon_deg, self.lat_deg
        )
