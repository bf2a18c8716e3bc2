"""What a cellular lamp says over CoAP, as ingest takes it in: readings, echoes, evidence."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from drivers import profiles
from drivers.contract import Listens
from drivers.lwm2m.driver import UcifiLamp
from lighting.ingest.compute import harvest
from lighting.ingest.model import Harvest
from lighting.ingest.networks.lwm2m import Lwm2m
from lighting.registry.directory.model import ControllerRef
from tests.drivers.lwm2m.test_link import ENDPOINT, Listening, listening
from tests.peers.lwm2m.lamp import LampPeer, now_s
from tests.polling import eventually

ID = UUID(int=1)
LAMP = ControllerRef(
    controller_key=7,
    controller_id=ID,
    address=ENDPOINT,
    network="lwm2m:test",
    profile="ucifi/lamp",
    light_point_id=ID,
    organisation_id=ID,
    cabinet_id=None,
    rated_power_w=64.0,
    standby_power_w=None,
    level_min_percent=10,
    lon_deg=3.88,
    lat_deg=43.6,
    timezone="Europe/Paris",
    expected_period_s=3600,
    in_service=True,
    installed_at=datetime(2026, 1, 1, tzinfo=UTC),
)


class OneLamp:
    """The estate."""

    def find(self, address: str) -> ControllerRef | None:
        return LAMP if address == ENDPOINT else None


def codec_of(profile: str) -> Listens:
    return profiles.listener(profile)


def taken(server: Listening) -> Harvest:
    now = datetime.now(UTC) + timedelta(seconds=1)
    return harvest(server.frames, Lwm2m(), OneLamp(), codec_of, now)


async def test_a_lamp_on_nbiot_is_a_lamp_like_others() -> None:
    async with listening() as server, LampPeer(ENDPOINT, server.link.port) as lamp:
        await lamp.register()
        await eventually(lambda: lamp.is_observed and server.said(3418))
        await server.link.send(ENDPOINT, UcifiLamp().set_level(40), order_id="1", expires_at=None)
        kept_at = now_s() - 7200
        await lamp.send(("/3418/0/6", 123000.0, kept_at))
        gathered = taken(server)
        assert gathered.refused == []
        assert [one.kind for one in gathered.events] == ["network_registered", "firmware_update"]
        assert [one.level_percent for one in gathered.heard.echoes] == [0, 40]
        energy = {one.at.timestamp(): one.active_energy_wh for one in gathered.readings}
        assert energy[kept_at] == 123000
        assert 123456 in energy.values()
        assert {one.controller_key for one in gathered.sightings} == {7}


async def test_an_unknown_lamp_waits_in_quarantine_with_what_it_said_of_itself() -> None:
    async with (
        listening(is_known=lambda _: False) as server,
        LampPeer("urn:imei:stranger", server.link.port) as lamp,
    ):
        await lamp.register()
        await eventually(lambda: server.frames)
        (refused,) = taken(server).refused
        assert refused.reason_code == "unknown_controller"
        assert refused.address == "urn:imei:stranger"
        assert b"</3416/0>" in refused.payload
