"""The field networks of the demo city, and the radio gateways that hear its lamps."""

import socket
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization

from app.demo import cabinets
from app.demo.districts import DISTRICTS, EVERYWHERE, District
from app.demo.lamps import site_gateways
from app.demo.records import Record
from app.demo.world import World
from kit.access import service as access
from kit.db import Database
from kit.settings import MqttSettings
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, NetworkKind
from lighting.registry.gateways import service as gateways
from lighting.registry.gateways.model import SitedGateway
from simulator.oslp.device import key_of

GATEWAY_NAME = "Passerelle {} (générée)"
LOOPBACK = "127.0.0.1"
# The networks with a port of their own, whoever listens there.
SERVED_OVER = {
    NetworkKind.MODBUS: socket.SOCK_STREAM,
    NetworkKind.LWM2M: socket.SOCK_DGRAM,
}


async def enter(world: World, at: datetime) -> None:
    """Enter the networks that the controllers name, and say where their gateways stand."""
    commune_id = world.record.commune_id
    named = {lamp.network for lamp in world.lamps}
    async with world.database.session() as session:
        admin = await access.caller_of(session, world.record.users["admin@demo.city"])
        for one in (EVERYWHERE, *DISTRICTS):
            if one.network in named:
                await networks.create(
                    session, admin, one.entered_for(commune_id, _known_now(world, one)), at=at
                )
        await cabinets.wire(session, admin, commune_id, at=at)
        for number, site in enumerate(site_gateways(world.lamps), start=1):
            sited = SitedGateway(
                *(commune_id, site.address, GATEWAY_NAME.format(number)),
                *(site.lon_deg, site.lat_deg),
            )
            await gateways.place(session, admin, sited, at=at)


def _known_now(world: World, district: District) -> Mapping[str, Any]:
    """OSLP's platform knows devices by their public keys."""
    if district.kind is not NetworkKind.OSLP:
        return {}
    addresses = [lamp.address for lamp in world.lamps if lamp.network == district.network]
    return {
        "device_keys": [
            {"device_id": one, "public_key": _public_pem(one, world.record.seed)}
            for one in addresses
        ]
    }


def _public_pem(device_id: str, seed: int) -> str:
    return (
        key_of(device_id, seed)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


async def meet(database: Database, record: Record, broker: MqttSettings, *, at: datetime) -> None:
    """Make the networks and the simulated devices meet where they can today: at the broker that
    was started, and at ports that nobody holds."""
    async with database.session() as session:
        admin = await access.caller_of(session, record.users["admin@demo.city"])
        for network in await networks.networks(session, admin):
            settings = {**network.settings, **_meeting_place(network, broker)}
            if settings != network.settings:
                await networks.change(
                    *(session, admin, network.id), title=None, state=None, settings=settings, at=at
                )


def _meeting_place(network: FieldNetworkView, broker: MqttSettings) -> Mapping[str, Any]:
    if network.kind is NetworkKind.THE_THINGS_STACK:
        return {"host": broker.host, "port": broker.port}
    if network.kind is NetworkKind.LUNATONE:
        return {"url": f"http://{LOOPBACK}:{_free_port(socket.SOCK_STREAM)}"}
    if network.kind is NetworkKind.OSLP:
        ports = {name: _free_port(socket.SOCK_STREAM) for name in ("port", "device_port")}
        return {"host": LOOPBACK, **ports}
    if network.kind in SERVED_OVER:
        return {"host": LOOPBACK, "port": _free_port(SERVED_OVER[network.kind])}
    return {}


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
