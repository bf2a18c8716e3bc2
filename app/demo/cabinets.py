"""A cabinet of the demo with a contactor, contacts and a meter behind a Modbus gateway."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.cabinets import service as cabinets
from lighting.cabinets.model import ContactRole, Direction, NewChannel
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.registry import service as registry
from lighting.registry.equipment.model import NewController
from lighting.registry.network import service as network
from lighting.registry.network.model import CabinetView

CODE = "34172-ARM-007"
GATEWAY = "armoire-7"
TITLE = "Armoire 7 : contacteur, contacts et compteur (généré)"
RELAY_UNIT, METER_UNIT = 1, 2
RELAY_PROFILE, METER_PROFILE = "waveshare/relay-d", "abb/b23"
EXPECTED_PERIOD_S = 300

_IN, _OUT = Direction.INPUT, Direction.OUTPUT
# As the simulated cabinet is wired.
CHANNELS: Sequence[NewChannel] = (
    NewChannel(_OUT, "K1", ContactRole.CONTACTOR_CLOSED, "KM1", rest_is_closed=True),
    NewChannel(_IN, "DI1", ContactRole.DOOR_OPEN),
    NewChannel(_IN, "DI2", ContactRole.BREAKER_TRIPPED),
    NewChannel(_IN, "DI3", ContactRole.RESIDUAL_CURRENT),
    NewChannel(_IN, "DI4", ContactRole.SUPPLY_LOST, is_inverted=True),
    NewChannel(_IN, "DI5", ContactRole.CONTACTOR_CLOSED, "KM1", follows="K1"),
)


async def cabinet(session: AsyncSession, caller: Caller) -> CabinetView | None:
    """The cabinet that has devices of its own; small cities have none."""
    found = await network.cabinets(session, caller, q=CODE)
    return next((one for one in found if one.code == CODE), None)


async def wire(session: AsyncSession, admin: Caller, commune_id: UUID, *, at: datetime) -> None:
    """Enter the gateway's network and put its devices into the cabinet, if there is that one."""
    stands = await cabinet(session, admin)
    if stands is None:
        return
    units = [
        {"unit": RELAY_UNIT, "profile": RELAY_PROFILE},
        {"unit": METER_UNIT, "profile": METER_PROFILE},
    ]
    settings = {"host": "127.0.0.1", "units": units}
    new = NewNetwork(commune_id, NetworkKind.MODBUS, GATEWAY, TITLE, settings)
    await networks.create(session, admin, new, at=at)
    for unit, profile, channels in (
        (RELAY_UNIT, RELAY_PROFILE, CHANNELS),
        (METER_UNIT, METER_PROFILE, ()),
    ):
        controller = await registry.create_controller(
            session,
            admin,
            commune_id,
            NewController(f"{GATEWAY}/{unit}", new.name, profile, EXPECTED_PERIOD_S),
            at=at,
        )
        await cabinets.install_device(
            *(session, admin, stands.id),
            controller_id=controller.id,
            channels=channels,
            phase_count=3,
            at=at,
        )
