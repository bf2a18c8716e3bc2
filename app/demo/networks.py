"""The field network of the demo city: its ChirpStack application, and the gateways that hear it."""

from datetime import datetime

from app.demo.estate import APPLICATION_ID
from app.demo.lamps import site_gateways
from app.demo.world import World
from kit.access import service as access
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.registry.gateways import service as gateways
from lighting.registry.gateways.model import SitedGateway

TITLE = "LoRaWAN Montpellier (généré)"
GATEWAY_NAME = "Passerelle {} (générée)"


async def enter(world: World, at: datetime) -> None:
    """Enter the network that the controllers name, and say where its gateways stand."""
    commune_id = world.record.commune_id
    network = NewNetwork(commune_id, NetworkKind.CHIRPSTACK, APPLICATION_ID, TITLE, {})
    async with world.database.session() as session:
        admin = await access.caller_of(session, world.record.users["admin@demo.city"])
        await networks.create(session, admin, network, at=at)
        for number, site in enumerate(site_gateways(world.lamps), start=1):
            named = SitedGateway(
                *(commune_id, site.address, GATEWAY_NAME.format(number)),
                *(site.lon_deg, site.lat_deg),
            )
            await gateways.place(session, admin, named, at=at)
