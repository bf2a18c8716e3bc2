"""Frames reach their groups through ChirpStack's API; one that is refused is written down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import SecretStr

from app.lines.groups import GroupSpeech
from app.lines.line import Surroundings
from drivers.contract import PortFrame
from drivers.lorawan.chirpstack_api import ChirpStackApi, MulticastGroup
from kit.access.model import Caller
from kit.clock import FixedClock
from kit.db import Database, raw
from kit.ids import new_id
from kit.settings import Settings
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.radio.model import GroupFrame
from tests.lighting.energy.estate import add_organisation
from tests.peers.chirpstack_api.server import KEY, Server, serve

NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
DEVICE = "70b3d50000000001"
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
DIM = PortFrame(60, bytes.fromhex("01fe32"))


@pytest.fixture
def peer() -> Iterator[Server]:
    with serve() as server:
        server.known_devices.add(DEVICE)
        yield server


async def enter_network(database: Database, url: str | None) -> str:
    where = new_id().hex
    settings = {"api_url": url, "secret": "chirpstack"}
    async with database.session() as session:
        organisation_id = await add_organisation(session, NOW)
        new = NewNetwork(organisation_id, NetworkKind.CHIRPSTACK, where, "", settings)
        return (await networks.create(session, Caller.system("test"), new, at=NOW)).name


async def queue_frame(database: Database, network: str, group_remote_id: str) -> GroupFrame:
    """A frame as it is marked before it leaves."""
    frame_id, group_id = new_id(), new_id()
    async with database.session() as session:
        connection = await raw(session)
        await connection.execute(
            """
            INSERT INTO radio_group (id, organisation_id, network, name, remote_id, slot, profile,
                data_rate, frequency_hz, gateways, created_at)
            SELECT $1, organisation_id, name, 'street', $2, 0, 'nas/ul20xx', 3, 869525000,
                '[]', $3 FROM field_network WHERE name = $4
            """,
            *(group_id, group_remote_id, NOW, network),
        )
        await connection.execute(
            """
            INSERT INTO radio_frame (id, group_id, port, payload, state, created_at, not_before,
                expires_at, sent_at)
            VALUES ($1, $2, $3, $4, 'sent', $5, $5, $6, $5)
            """,
            *(frame_id, group_id, DIM.port, DIM.payload, NOW, NOW + timedelta(hours=1)),
        )
    expires_at = NOW + timedelta(hours=1)
    return GroupFrame(frame_id, network, group_remote_id, DIM.port, DIM.payload, expires_at)


async def state_of(database: Database, frame_id: UUID) -> tuple[str, str | None]:
    async with database.session() as session:
        row = await (await raw(session)).fetchrow(
            "SELECT state, detail FROM radio_frame WHERE id = $1", frame_id
        )
        return row["state"], row["detail"]


def speech(database: Database) -> GroupSpeech:
    settings = Settings(network_secrets={"chirpstack": SecretStr(KEY)})
    clock = FixedClock(NOW)
    return GroupSpeech(database, clock, Surroundings(settings, clock.now, database, lambda _: True))


async def make_group(peer: Server, *devices: str) -> str:
    group = MulticastGroup(
        name="street",
        application_id=APPLICATION,
        address="01020304",
        network_session_key="00" * 16,
        app_session_key="11" * 16,
        data_rate=3,
        frequency_hz=869_525_000,
    )
    async with ChirpStackApi(peer.url, KEY) as api:
        group_id = await api.create_group(group)
        for device in devices:
            await api.add_device(group_id, device)
    return group_id


async def test_a_frame_is_queued_for_its_group(database: Database, peer: Server) -> None:
    network = await enter_network(database, peer.url)
    group_id = await make_group(peer, DEVICE)
    frame = await queue_frame(database, network, group_id)
    await speech(database).say([frame])
    (queued,) = peer.groups[group_id].queue
    assert (queued["fPort"], queued["data"]) == (60, "Af4y")
    assert queued["expiresAt"] == "2026-11-20T22:00:00Z"
    assert await state_of(database, frame.frame_id) == ("sent", None)


async def test_a_frame_that_is_refused_is_written_down(database: Database, peer: Server) -> None:
    network = await enter_network(database, peer.url)
    frame = await queue_frame(database, network, await make_group(peer))
    await speech(database).say([frame])
    state, detail = await state_of(database, frame.frame_id)
    assert state == "failed"
    assert detail is not None
    assert "no devices" in detail


async def test_one_group_out_of_reach_keeps_no_other_from_being_told(
    database: Database, peer: Server
) -> None:
    unreached = await queue_frame(database, await enter_network(database, None), "elsewhere")
    group_id = await make_group(peer, DEVICE)
    frame = await queue_frame(database, await enter_network(database, peer.url), group_id)
    await speech(database).say([unreached, frame])
    assert (await state_of(database, unreached.frame_id))[0] == "failed"
    assert len(peer.groups[group_id].queue) == 1
