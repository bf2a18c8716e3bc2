"""A mended codec takes its frames out of quarantine, by group, in portions, and none twice."""

from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Decoded, Frame, PortFrame
from drivers.lorawan import nas
from kit.access.model import Caller, Role
from kit.errors import ForbiddenError
from kit.ids import new_id
from lighting.ingest import replay
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest, NobodyListens
from lighting.telemetry import service as telemetry
from lighting.telemetry.model import QuarantineFilter
from tests.lighting.faults.samples import SameLevel
from tests.lighting.ingest.field import ADDRESS, NIGHT, QUARTER, make_street, uplink, usage

SYSTEM = Caller.system()
LATER = NIGHT + 40 * QUARTER
BROKEN = QuarantineFilter(reason_code="codec_crashed")


class MendedLater:
    """A codec with a mistake on port 27, until it is mended."""

    is_mended = False

    def decode_uplink(self, port: int, payload: bytes, received_at) -> Decoded:  # type: ignore[no-untyped-def]
        if port == 27 and not self.is_mended:
            raise IndexError("list index out of range")
        return nas.decode_uplink(26 if port == 27 else port, payload, received_at)


@pytest.fixture
def codec() -> MendedLater:
    return MendedLater()


@pytest.fixture
def ingests(codec: MendedLater) -> Mapping[str, Ingest]:
    ingest = Ingest(
        ChirpStack(),
        expected=SameLevel(100),
        acknowledgements=NobodyListens(),
        codec_of=lambda profile: codec,
    )
    return {"chirpstack": ingest}


def unreadable(turn: int) -> Frame:
    """A usage on the port the codec reads wrongly."""
    said = nas.encode_usage_uplink(active_power_w=64, active_energy_wh=1000 + turn)
    return uplink(PortFrame(27, said.payload), NIGHT + turn * QUARTER)


async def count(session: AsyncSession, table: str) -> int:
    return await session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


async def replay_all(
    session: AsyncSession, caller: Caller, ingests: Mapping[str, Ingest]
) -> tuple[int, int]:
    """Portions until none is left: how many were tried, and taken in."""
    tried = taken = 0
    after = None
    while True:
        done = await replay.replay_selection(
            session, caller, ingests, BROKEN, after=after, now=LATER
        )
        tried, taken, after = tried + done.tried, taken + done.taken, done.next_after
        if after is None:
            return tried, taken


async def test_every_frame_of_a_mended_codec_counts_once(
    session: AsyncSession,
    codec: MendedLater,
    ingests: Mapping[str, Ingest],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replay, "FRAMES_PER_SELECTION_MAX", 3)
    await make_street(session, ADDRESS)
    good, bad = usage(NIGHT - QUARTER), [unreadable(turn) for turn in range(8)]
    await ingests["chirpstack"].handle(session, [good, *bad, bad[0]], NIGHT)
    assert await count(session, "reading") == 1
    assert await replay_all(session, SYSTEM, ingests) == (8, 0)
    codec.is_mended = True
    assert await replay_all(session, SYSTEM, ingests) == (8, 8)
    assert await replay_all(session, SYSTEM, ingests) == (0, 0)
    await ingests["chirpstack"].handle(session, bad, NIGHT)  # the network repeats itself
    assert await count(session, "reading") == 9
    assert await telemetry.quarantine_groups(session, SYSTEM) == []


async def test_what_waits_is_counted_by_network_and_reason(
    session: AsyncSession, ingests: Mapping[str, Ingest]
) -> None:
    await make_street(session, ADDRESS)
    frames = [unreadable(0), unreadable(1), unreadable(1), usage(address="ff")]
    await ingests["chirpstack"].handle(session, frames, NIGHT)
    await ingests["chirpstack"].handle(session, [unreadable(1)], NIGHT)
    groups = await telemetry.quarantine_groups(session, SYSTEM)
    assert [(one.reason_code, one.frame_count, one.repeat_count) for one in groups] == [
        ("codec_crashed", 2, 3),
        ("unknown_controller", 1, 1),
    ]
    assert groups[0].reason.startswith("IndexError")


async def test_a_list_is_narrowed_by_reason_network_address_and_time(
    session: AsyncSession, ingests: Mapping[str, Ingest]
) -> None:
    await make_street(session, ADDRESS)
    frames = [unreadable(0), unreadable(4), usage(address="00ff")]
    await ingests["chirpstack"].handle(session, frames, NIGHT)

    async def found(**wanted: object) -> int:
        narrowed = QuarantineFilter(**wanted)  # type: ignore[arg-type]
        kept = await telemetry.quarantined_frames(session, SYSTEM, narrowed, after=None, limit=9)
        return len(kept)

    assert await found() == 3
    assert await found(reason_code="codec_crashed") == 2
    assert await found(address="0FF") == 1
    assert await found(network="chirpstack:none") == 0
    assert await found(received_from=NIGHT + 2 * QUARTER) == 1
    assert await found(received_to=NIGHT + 2 * QUARTER) == 2


async def test_only_an_administrator_replays_a_selection(
    session: AsyncSession, ingests: Mapping[str, Ingest]
) -> None:
    await make_street(session, ADDRESS)
    await ingests["chirpstack"].handle(session, [unreadable(0)], NIGHT)
    (frame,) = await telemetry.quarantined_frames(session, SYSTEM, after=None, limit=2)
    assert frame.organisation_id is not None
    seer = Caller(new_id(), "a@b.fr", "A", roles={Role.SEE: frozenset({frame.organisation_id})})
    with pytest.raises(ForbiddenError):
        await replay_all(session, seer, ingests)
