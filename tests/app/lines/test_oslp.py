"""Our OSLP platform as a line: a session goes on after a restart of the worker."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.lines.line import Line, MissingSecretError, Surroundings
from app.lines.oslp import open_line
from kit.access.model import Caller
from kit.db import Database
from kit.ids import new_id
from kit.settings import Settings
from lighting.control.model import Order
from lighting.networks import service as networks
from lighting.networks.model import FieldNetworkView, NetworkKind, NewNetwork
from tests.drivers.mqtt.brokers import free_port
from tests.lighting.registry.towns import make_town
from tests.peers.oslp.device import OslpDevice

DEVICE_ID = "4f53" + "0" * 19 + "1"
NETWORK = "oslp:quai"


def pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


async def network_of(database: Database, device: OslpDevice) -> FieldNetworkView:
    public = device.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    settings = {
        "host": "127.0.0.1",
        "port": device.platform_port,
        "device_port": device.port,
        "secret": "quai",
        "device_keys": [{"device_id": DEVICE_ID, "public_key": public.decode()}],
    }
    async with database.session() as session:
        town = await make_town(session, "Dijon")
        new = NewNetwork(town, NetworkKind.OSLP, f"quai-{device.port}", "", settings)
        return await networks.create(session, Caller.system("test"), new, at=datetime.now(UTC))


def order_of(level_percent: int) -> Order:
    later = datetime.now(UTC) + timedelta(hours=1)
    return Order(new_id(), 1, DEVICE_ID, NETWORK, "oslp/sld", "g", level_percent, 0, later)


async def listen(line: Line) -> None:
    async for batch in line.batches(100, timedelta(milliseconds=5)):
        batch.acknowledge()


def around(database: Database, secrets: dict[str, str]) -> Surroundings:
    settings = Settings(network_secrets=secrets)  # type: ignore[arg-type]
    return Surroundings(settings, lambda: datetime.now(UTC), database, lambda _: True)


async def test_a_device_obeys_also_after_the_worker_was_restarted(database: Database) -> None:
    platform = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    device = OslpDevice(DEVICE_ID, key, platform.public_key(), free_port())
    known = around(database, {"quai": pem_of(platform)})
    async with device:
        network = await network_of(database, device)
        async with open_line(network, known) as line:
            listening = asyncio.create_task(listen(line))
            assert await asyncio.wait_for(device.register(), 10)
            await asyncio.wait_for(line.send(order_of(40)), 10)
            listening.cancel()
        assert device.level == 40
        async with open_line(network, known) as line:
            listening = asyncio.create_task(listen(line))
            await asyncio.wait_for(line.send(order_of(70)), 10)
            listening.cancel()
        assert device.level == 70


async def test_without_its_key_the_line_says_which_secret_is_missing(database: Database) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    async with OslpDevice(DEVICE_ID, key, key.public_key(), free_port()) as device:
        network = await network_of(database, device)
        with pytest.raises(MissingSecretError, match="REVERBERE_NETWORK_SECRETS__QUAI"):
            async with open_line(network, around(database, {})):
                pass
