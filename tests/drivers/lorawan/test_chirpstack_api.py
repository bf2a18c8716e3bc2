"""Multicast groups over HTTP against a peer that behaves as the API is documented."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest

from drivers.contract import PortFrame
from drivers.errors import LinkError, UnreachableError
from drivers.lorawan.chirpstack_api import ChirpStackApi, ChirpStackRefusedError, MulticastGroup
from tests.peers.chirpstack_api.server import KEY, Server, serve

DEVICE, GATEWAY = "70b3d50000000001", "0016c001f153a14c"
APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97"
GROUP = MulticastGroup(
    name="Rue des Tilleuls",
    application_id=APPLICATION,
    address="01020304",
    network_session_key="c3f6b388bad6c000b23291ad52c11c7b",
    app_session_key="95cb4518ee375606735bbacbdce837fa",
    data_rate=3,
    frequency_hz=869_525_000,
)
DIM = PortFrame(60, bytes.fromhex("01fe32"))


@pytest.fixture
def peer() -> Iterator[Server]:
    with serve() as server:
        server.known_devices.add(DEVICE)
        server.known_gateways.add(GATEWAY)
        yield server


@pytest.fixture
async def api(peer: Server) -> AsyncIterator[ChirpStackApi]:
    async with ChirpStackApi(peer.url, KEY) as api:
        yield api


async def test_a_group_is_made_filled_and_spoken_to(peer: Server, api: ChirpStackApi) -> None:
    group_id = await api.create_group(GROUP)
    await api.add_device(group_id, DEVICE)
    await api.add_gateway(group_id, GATEWAY)
    expiry = datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert await api.enqueue(group_id, DIM, expiry) == 0
    assert await api.enqueue(group_id, DIM) == 1
    kept = peer.groups[group_id]
    assert (kept.devices, kept.gateways) == ({DEVICE}, {GATEWAY})
    assert kept.fields["groupType"] == "CLASS_C"
    assert (kept.fields["dr"], kept.fields["frequency"]) == (3, 869_525_000)
    assert kept.queue[0]["expiresAt"] == "2026-11-21T05:00:00Z"
    assert [(one.frame, one.counter) for one in await api.queue(group_id)] == [(DIM, 0), (DIM, 1)]
    await api.flush_queue(group_id)
    assert await api.queue(group_id) == []


async def test_a_group_is_found_by_its_name(api: ChirpStackApi) -> None:
    assert await api.find_group(APPLICATION, GROUP.name) is None
    group_id = await api.create_group(GROUP)
    assert await api.find_group(APPLICATION, GROUP.name) == group_id
    assert await api.find_group(APPLICATION, "Rue") is None
    assert await api.find_group("elsewhere", GROUP.name) is None


async def test_what_is_done_already_is_no_error(peer: Server, api: ChirpStackApi) -> None:
    group_id = await api.create_group(GROUP)
    for _ in range(2):
        await api.add_device(group_id, DEVICE)
        await api.add_gateway(group_id, GATEWAY)
    for _ in range(2):
        await api.remove_device(group_id, DEVICE)
    for _ in range(2):
        await api.delete_group(group_id)
    assert peer.groups == {}


async def test_a_refusal_says_which_call_and_why(api: ChirpStackApi) -> None:
    group_id = await api.create_group(GROUP)
    with pytest.raises(ChirpStackRefusedError, match="no devices") as refused:
        await api.enqueue(group_id, DIM)
    assert refused.value.grpc_code == 13
    with pytest.raises(ChirpStackRefusedError, match="devices: 404"):
        await api.add_device(group_id, "70b3d5000000ffff")


async def test_a_wrong_key_is_refused(peer: Server) -> None:
    async with ChirpStackApi(peer.url, "another") as api:
        with pytest.raises(ChirpStackRefusedError, match="401 authentication failed"):
            await api.create_group(GROUP)


async def test_a_proxy_without_server_is_a_link_error(peer: Server, api: ChirpStackApi) -> None:
    peer.broken = True
    with pytest.raises(LinkError, match="502"):
        await api.create_group(GROUP)


async def test_nobody_there_is_unreachable() -> None:
    with serve() as gone:
        url = gone.url
    async with ChirpStackApi(url, KEY) as api:
        with pytest.raises(UnreachableError, match="ChirpStack at"):
            await api.create_group(GROUP)
