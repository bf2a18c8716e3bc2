"""A device nobody knows appears with its evidence, to those whose network heard it."""

import json
import struct
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame, PortFrame
from kit.errors import NotFoundError
from lighting.commissioning import discovery, service
from lighting.commissioning.guessing import best
from lighting.commissioning.model import DeviceState, Guess
from lighting.commissioning.rules import DeviceMoveError
from lighting.ingest.model import Stranger
from lighting.registry.model import Place
from tests.lighting.commissioning.town import ADDRESS, NETWORK, Town, build_town
from tests.lighting.faults.samples import NIGHT, QUARTER
from tests.lighting.ingest.field import GATEWAY, topic_of, uplink, usage
from tests.lighting.registry.towns import caller, make_town


@pytest.fixture
async def town(session: AsyncSession) -> Town:
    return await build_town(session)


async def test_a_stranger_is_kept_with_what_it_said_and_who_heard_it(town: Town) -> None:
    await town.hear(usage(address=ADDRESS), usage(NIGHT + QUARTER, address=ADDRESS))
    device = await town.device()
    assert (device.network, device.organisation_id) == (NETWORK, town.id)
    assert (device.first_seen_at, device.last_seen_at) == (NIGHT, NIGHT + QUARTER)
    assert device.heard_count == 2
    assert [(one.address, one.rssi_dbm) for one in device.gateways] == [(GATEWAY, -84)]
    assert device.profile_guess == "nas/ul20xx"


async def test_a_join_alone_makes_a_device_known(town: Town) -> None:
    join = {
        "time": NIGHT.isoformat(),
        "deviceInfo": {"devEui": ADDRESS, "applicationId": NETWORK.partition(":")[2]},
        "devAddr": "01020304",
    }
    await town.hear(Frame(topic_of(ADDRESS, "join"), json.dumps(join).encode(), NIGHT))
    device = await town.device()
    assert (device.state, device.heard_count) == (DeviceState.NEW, 0)
    assert device.evidence["network_join"]["dev_addr"] == "01020304"


async def test_a_frame_no_codec_reads_leaves_the_model_open(town: Town) -> None:
    await town.hear(uplink(PortFrame(201, b"\xff\xff"), address=ADDRESS))
    assert (await town.device()).profile_guess is None


async def test_light_points_near_where_it_says_it_is_are_proposed_with_their_distance(
    town: Town,
) -> None:
    position = b"\x86\x00" + struct.pack("<ffI", 47.32032, 5.0400, 1_790_000_000)
    await town.hear(uplink(PortFrame(61, position), address=ADDRESS))
    device = await town.device()
    assert device.place is not None
    found = await service.proposals(town.session, town.people, device.place, with_equipped=False)
    assert [one.code for one in found] == ["D001", "D002", "D000"]
    assert found[0].distance_m < 5 < found[1].distance_m


async def test_nothing_is_proposed_far_from_any_light(town: Town) -> None:
    assert not await service.proposals(
        town.session, town.people, Place(5.1, 47.4), with_equipped=True
    )


async def test_another_organisation_does_not_see_it(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    device = await town.device()
    stranger = caller(await make_town(town.session, "Ailleurs"))
    assert not await discovery.devices(town.session, stranger)
    with pytest.raises(NotFoundError):
        await discovery.device(town.session, stranger, device.id)
    assert await discovery.device_called(town.session, stranger, ADDRESS, None) is None


async def test_a_scan_brings_serials(town: Town) -> None:
    found = Stranger(NETWORK, "Bus1/0/17", NIGHT, "scan", detail={"serial": "4711", "gtin": 12})
    await discovery.note(town.session, [found])
    device = await discovery.device_called(town.session, town.people, "bus1/0/17", None)
    assert device is not None
    assert (device.serial, device.evidence["scan"]["gtin"]) == ("4711", "12")


async def test_what_is_put_aside_stays_aside_until_it_is_taken_back(town: Town) -> None:
    await town.hear(usage(address=ADDRESS))
    device = await town.device()
    at = {"at": NIGHT}
    await discovery.ignore(town.session, town.people, device.id, reason="a neighbour's", **at)
    await town.hear(usage(NIGHT + QUARTER, address=ADDRESS))
    assert (await town.device()).state is DeviceState.IGNORED
    with pytest.raises(DeviceMoveError):
        await discovery.ignore(town.session, town.people, device.id, reason="again", **at)
    await discovery.restore(town.session, town.people, device.id, at=NIGHT)
    assert (await town.device()).state is DeviceState.NEW


async def test_a_network_has_room_for_so_many_strangers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "DEVICES_PER_NETWORK_MAX", 2)
    strangers = [Stranger(NETWORK, f"{n:016x}", NIGHT, "network_join") for n in range(5)]
    await discovery.note(town.session, strangers)
    await discovery.note(town.session, strangers[::-1])
    found = await discovery.devices(town.session, town.people)
    assert {one.address for one in found} == {f"{n:016x}" for n in range(2)}


async def test_an_address_the_database_does_not_take_is_made_storable(town: Town) -> None:
    await discovery.note(
        town.session,
        [
            Stranger(NETWORK, "a\x00b", NIGHT, "scan", detail={"name": "x\x00"}),
            Stranger(NETWORK, "", NIGHT, "scan"),
            Stranger(NETWORK, "9" * 500, NIGHT, "scan"),
        ],
    )
    assert len(await discovery.devices(town.session, town.people)) == 1


async def test_of_two_models_that_read_as_much_the_narrower_is_guessed() -> None:
    wide, narrow = Guess("acme/all", 2, 2, 9), Guess("acme/lamp", 2, 2, 8)
    assert best(sorted([wide, narrow], key=lambda one: one.rank)) == "acme/lamp"
    assert best([narrow, replace(narrow, profile="acme/twin")]) is None
    assert best([]) is None
