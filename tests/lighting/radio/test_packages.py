"""A device that asks for the time is answered within the duty cycle, and can be made to ask."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame
from drivers.lorawan.packages import clock_sync, multicast_setup
from drivers.lorawan.packages.clock_sync import AppTimeAns, AppTimeReq, ForceResyncReq
from drivers.lorawan.packages.gps_time import gps_seconds
from drivers.lorawan.packages.multicast_setup import GroupSetupAns
from kit.access.model import Caller
from kit.errors import ForbiddenError
from lighting.ingest.model import Heard
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest
from lighting.radio import frames, packages, service
from lighting.radio.frames import TOO_OLD
from lighting.radio.model import PackageHeard
from lighting.registry.directory import service as directory
from tests.lighting.faults.samples import SameLevel
from tests.lighting.ingest.field import ADDRESS, NIGHT, make_street, uplink

LATE = timedelta(seconds=42)


class Answering:
    """Passes on what devices say to packages, as the worker does."""

    async def note(self, session: AsyncSession, heard: Heard, now: datetime) -> None:
        said = (PackageHeard(*one) for one in heard.packages)
        await packages.note(session, said, now)


async def take_in(session: AsyncSession, frame: Frame) -> Ingest:
    ingest = Ingest(ChirpStack(), expected=SameLevel(100), acknowledgements=Answering())
    await ingest.handle(session, [frame], NIGHT)
    await session.flush()
    return ingest


async def test_a_late_clock_is_corrected(session: AsyncSession) -> None:
    keys = await make_street(session, ADDRESS)
    asked = AppTimeReq(gps_seconds(NIGHT - LATE), token=5, is_answer_required=False)
    await take_in(session, uplink(clock_sync.encode_uplink(asked)))
    leaving = await frames.hand_out(session, NIGHT)
    (order,) = leaving.to_devices
    assert (order.controller_key, order.address) == (keys[ADDRESS], ADDRESS)
    assert order.frame is not None
    assert order.frame.port == clock_sync.PORT
    assert clock_sync.decode_downlink(order.frame.payload) == [AppTimeAns(42, 5)]
    assert (await frames.hand_out(session, NIGHT + LATE)).to_devices == []


async def test_a_right_clock_costs_no_air(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    asked = AppTimeReq(gps_seconds(NIGHT), token=5, is_answer_required=False)
    await take_in(session, uplink(clock_sync.encode_uplink(asked)))
    assert (await frames.hand_out(session, NIGHT)).to_devices == []


async def test_an_answer_waits_for_its_channel_and_not_too_long(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    asked = AppTimeReq(0, token=5, is_answer_required=True)
    await take_in(session, uplink(clock_sync.encode_uplink(asked)))
    await take_in(session, uplink(clock_sync.encode_uplink(asked), NIGHT + LATE))
    assert len((await frames.hand_out(session, NIGHT)).to_devices) == 1
    assert (await frames.hand_out(session, NIGHT + timedelta(seconds=1))).to_devices == []
    late = NIGHT + packages.ANSWER_AGE_MAX
    assert (await frames.hand_out(session, late)).to_devices == []
    (kept,) = await (await session.connection()).exec_driver_sql(
        "SELECT detail FROM radio_frame WHERE state = 'failed'"
    )
    assert kept[0] == TOO_OLD


async def test_what_a_device_says_to_a_package_is_among_its_events(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    taken = multicast_setup.encode_uplink(GroupSetupAns(1))
    await take_in(session, uplink(taken))
    (event,) = await (await session.connection()).exec_driver_sql(
        "SELECT kind, detail FROM device_event"
    )
    assert event[0] == "multicast_setup"
    assert event[1] == {"command": "GroupSetupAns", "group": 1, "is_refused": False}
    assert (await frames.hand_out(session, NIGHT)).to_devices == []


async def test_a_device_that_takes_the_keys_is_a_ready_member(session: AsyncSession) -> None:
    keys = await make_street(session, ADDRESS)
    (ref,) = await directory.refs_of(session, [keys[ADDRESS]])
    group = await service.add_group(
        session,
        Caller.system("test"),
        service.NewGroup("street", "g", 1, 3, 869_525_000, (), (ref.light_point_id,), False),
        NIGHT,
    )

    async def members() -> dict[str, int]:
        return dict((await service.member_counts(session, [group.id]))[group.id])

    assert await members() == {"wanted": 1}
    await take_in(session, uplink(multicast_setup.encode_uplink(GroupSetupAns(2))))
    assert await members() == {"wanted": 1}
    await take_in(session, uplink(multicast_setup.encode_uplink(GroupSetupAns(1))))
    assert await members() == {"ready": 1}
    refusal = GroupSetupAns(1, is_refused=True)
    await take_in(session, uplink(multicast_setup.encode_uplink(refusal)))
    assert await members() == {"refused": 1}


async def test_an_operator_makes_a_device_ask_for_the_time(session: AsyncSession) -> None:
    keys = await make_street(session, ADDRESS)
    (ref,) = await directory.refs_of(session, [keys[ADDRESS]])
    await packages.force_resync(session, Caller.system("test"), ref, NIGHT)
    await session.flush()
    (order,) = (await frames.hand_out(session, NIGHT)).to_devices
    assert order.frame is not None
    assert clock_sync.decode_downlink(order.frame.payload) == [ForceResyncReq(3)]


async def test_a_stranger_makes_no_device_ask(session: AsyncSession) -> None:
    keys = await make_street(session, ADDRESS)
    (ref,) = await directory.refs_of(session, [keys[ADDRESS]])
    nobody = Caller(
        user_id=ref.controller_id,
        email="a@example.org",
        display_name="A",
        language="fr",
        roles={},
    )
    with pytest.raises(ForbiddenError):
        await packages.force_resync(session, nobody, ref, NIGHT)
