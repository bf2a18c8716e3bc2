"""Frames leave quarantine when their reason is gone, and count once."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Decoded, PortFrame
from drivers.errors import UnknownPortError
from drivers.lorawan import nas
from kit.access.model import Caller, Role
from kit.errors import ForbiddenError
from kit.ids import new_id
from lighting.ingest import replay
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest, NobodyListens
from lighting.networks import service as networks
from lighting.networks.model import NetworkKind, NewNetwork
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import KeptFrame, RefusedFrame
from tests.lighting.faults.samples import SameLevel
from tests.lighting.ingest.field import (
    ADDRESS,
    NIGHT,
    QUARTER,
    make_ingest,
    make_street,
    uplink,
    usage,
)
from tests.lighting.registry.towns import make_town

SYSTEM = Caller.system()
LATER = NIGHT + 4 * QUARTER


async def waiting(session: AsyncSession) -> list[KeptFrame]:
    return list(await telemetry.quarantined_frames(session, SYSTEM, after=None, limit=10))


async def count(session: AsyncSession, table: str) -> int:
    return await session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


async def test_frames_of_a_controller_registered_later_are_taken_in(
    session: AsyncSession,
) -> None:
    ingest = make_ingest()
    await ingest.handle(session, [usage(), usage(NIGHT + QUARTER), usage(address="ff")], NIGHT)
    assert await replay.replay_registered(session, ingest, LATER) == 0
    await make_street(session, ADDRESS)
    assert await replay.replay_registered(session, ingest, LATER) == 2
    assert await replay.replay_registered(session, ingest, LATER) == 0
    assert await count(session, "reading") == 2
    assert [frame.address for frame in await waiting(session)] == ["ff"]


async def test_a_frame_is_taken_in_after_its_codec_is_fixed(session: AsyncSession) -> None:
    class Codec:
        is_fixed = False

        def decode_uplink(self, port: int, payload: bytes, received_at) -> Decoded:
            if not self.is_fixed:
                raise UnknownPortError("port 27 is not known yet")
            return nas.decode_uplink(26, payload[1:], received_at)

    codec = Codec()
    await make_street(session, ADDRESS)
    ingest = Ingest(
        ChirpStack(),
        expected=SameLevel(100),
        acknowledgements=NobodyListens(),
        codec_of=lambda profile: codec,
    )
    said = nas.encode_usage_uplink(active_power_w=64)
    await ingest.handle(session, [uplink(PortFrame(27, b"\x07" + said.payload))], NIGHT)
    (frame,) = await waiting(session)
    still = await replay.replay(session, SYSTEM, {"chirpstack": ingest}, frame.id, LATER)
    assert (still.is_taken, still.reason_code) == (False, "port_unknown")
    codec.is_fixed = True
    assert (await replay.replay(session, SYSTEM, {"chirpstack": ingest}, frame.id, LATER)).is_taken
    assert await waiting(session) == []
    assert (await replay.replay(session, SYSTEM, {"chirpstack": ingest}, frame.id, LATER)).is_taken
    assert await count(session, "reading") == 1


async def test_what_the_database_still_refuses_stays(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    ingest = make_ingest()
    said = nas.encode_usage_uplink(active_power_w=64)
    frame = uplink(said, rxInfo=[{"gatewayId": "aa", "rssi": -10_000_000, "snr": 1.0}])
    refused = RefusedFrame(
        network="chirpstack:main",
        topic=frame.topic,
        payload=frame.payload,
        received_at=NIGHT,
        reason_code="database_refused",
        reason="out of range",
    )
    await telemetry.quarantine(session, [refused])
    (kept,) = await waiting(session)
    outcome = await replay.replay(session, SYSTEM, {"chirpstack": ingest}, kept.id, LATER)
    assert (outcome.is_taken, outcome.reason_code) == (False, "database_refused")
    assert await count(session, "reading") == 0


async def test_only_an_administrator_may_replay(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    ingest = make_ingest()
    await ingest.handle(session, [uplink(PortFrame(77, b"\x01"))], NIGHT)
    (frame,) = await waiting(session)
    assert frame.organisation_id is not None
    seer = Caller(new_id(), "a@b.fr", "A", roles={Role.SEE: frozenset({frame.organisation_id})})
    with pytest.raises(ForbiddenError):
        await replay.replay(session, seer, {"chirpstack": ingest}, frame.id, LATER)


async def test_what_comes_by_a_network_is_seen_by_those_whose_it_is(session: AsyncSession) -> None:
    town = await make_town(session, "Dijon")
    frame = uplink(nas.encode_usage_uplink(active_power_w=64), address="00000000000000ff")
    where = frame.topic.split("/")[1]
    new = NewNetwork(town, NetworkKind.CHIRPSTACK, where, "", {})
    await networks.create(session, SYSTEM, new, at=NIGHT)
    await make_ingest().handle(session, [frame], NIGHT)
    (kept,) = await waiting(session)
    assert (kept.network, kept.organisation_id) == (f"chirpstack:{where}", town)


async def test_a_frame_of_another_network_is_refused(session: AsyncSession) -> None:
    await make_street(session, ADDRESS)
    await make_ingest().handle(session, [uplink(PortFrame(77, b"\x01"))], NIGHT)
    (frame,) = await waiting(session)
    with pytest.raises(replay.OtherNetworkError, match="chirpstack:"):
        await replay.replay(session, SYSTEM, {"modbus": make_ingest()}, frame.id, LATER)
