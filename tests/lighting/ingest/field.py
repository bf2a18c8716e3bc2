"""A street with controllers, and the frames they send through a ChirpStack."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame, PortFrame
from drivers.lorawan import nas
from kit.access.model import Caller
from lighting.ingest.model import Heard
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest, NobodyListens
from lighting.registry import service as registry
from lighting.registry.equipment.model import NewLuminaire, NewLuminaireType
from lighting.registry.model import AssetState, EquipmentKind, LampTechnology
from lighting.registry.service import Choice
from tests.lighting.faults.samples import NIGHT, QUARTER, SameLevel
from tests.lighting.registry.towns import AT, caller, make_controller, make_light, make_town

ADDRESS = "70b3d50000000001"
GATEWAY = "0016c001f1500001"


async def make_street(session: AsyncSession, *addresses: str) -> dict[str, int]:
    """A 64 W LED light for each address; returns the controllers' keys by address."""
    town = await make_town(session, "Dijon")
    planner = caller(town)
    kind = await registry.create_luminaire_type(
        session,
        Caller.system(),
        NewLuminaireType(
            maker="Acme", model=addresses[0], lamp_technology=LampTechnology.LED, rated_power_w=64.0
        ),
        at=AT,
    )
    keys = {}
    for number, address in enumerate(addresses):
        light = await make_light(
            session, planner, town, f"P{number:04d}", state=AssetState.IN_SERVICE
        )
        lamp = await registry.create_luminaire(session, planner, NewLuminaire(town, kind.id), at=AT)
        controller = await make_controller(session, planner, town, address)
        for what, piece in (
            (EquipmentKind.LUMINAIRE, lamp.id),
            (EquipmentKind.CONTROLLER, controller.id),
        ):
            await registry.install(session, planner, light.id, Choice(what, piece), at=AT, now=AT)
        keys[address] = controller.key
    await session.flush()
    return keys


def uplink(said: PortFrame, at: datetime = NIGHT, address: str = ADDRESS, **changes: Any) -> Frame:
    """An `up` event as ChirpStack 4 publishes it."""
    event = {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": at.isoformat(),
        "deviceInfo": {
            "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
            "deviceName": "P0001",
            "devEui": address,
        },
        "fPort": said.port,
        "data": base64.b64encode(said.payload).decode(),
        "rxInfo": [{"gatewayId": GATEWAY, "rssi": -84, "snr": 8.5}],
        **changes,
    }
    return Frame(topic_of(address), json.dumps(event).encode(), at + timedelta(seconds=1))


def topic_of(address: str, event: str = "up") -> str:
    return f"application/17c82e96-be03-4f38-aef3-f83d48582d97/device/{address}/event/{event}"


def status(at: datetime = NIGHT, level: int = 100, address: str = ADDRESS) -> Frame:
    """A status: level, temperature, flags."""
    gear = nas.GearReport(level, gear_status=4 if level else 0)
    return uplink(nas.encode_status_uplink(at, [gear]), at, address)


def usage(
    at: datetime = NIGHT, power_w: int = 64, energy_wh: int = 1000, address: str = ADDRESS
) -> Frame:
    """A usage: power, energy, mains."""
    said = nas.encode_usage_uplink(
        active_energy_wh=energy_wh, active_power_w=power_w, power_factor=0.97, supply_voltage_v=230
    )
    return uplink(said, at, address)


class Listener:
    """Keeps what was heard about orders."""

    def __init__(self) -> None:
        self.heard = Heard()

    async def note(self, session: AsyncSession, heard: Heard, now: datetime) -> None:
        self.heard.echoes += heard.echoes
        self.heard.reported += heard.reported
        self.heard.refusals += heard.refusals
        self.heard.downlinks += heard.downlinks


def make_ingest(listener: Listener | None = None, level_percent: int = 100) -> Ingest:
    """An ingest of the network `chirpstack:main` where every lamp should give one level."""
    return Ingest(
        ChirpStack(),
        expected=SameLevel(level_percent),
        acknowledgements=listener or NobodyListens(),
    )


__all__ = ["ADDRESS", "AT", "GATEWAY", "NIGHT", "QUARTER"]
