"""Lamps on a DALI line behave as those on LoRaWAN: light, energy, faults and orders."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from drivers.contract import Frame, StatusFlag
from drivers.dali.ports import PORT_OF_BANK, GearState, Port
from drivers.dali.status import GearStatus
from lighting.ingest.model import LevelHeard
from lighting.ingest.networks import Lunatone
from lighting.ingest.service import Ingest, NobodyListens
from lighting.telemetry import service as telemetry
from tests.lighting.faults.samples import SameLevel
from tests.lighting.ingest.field import NIGHT, QUARTER, Listener, make_street

LAMP, OTHER = "gare/0/17", "gare/0/18"


@pytest.fixture
async def keys(session: AsyncSession) -> dict[str, int]:
    keys = await make_street(session, LAMP, OTHER)
    moved = "UPDATE controller SET network = 'lunatone:gare', profile = 'lunatone/dali2-iot'"
    await session.execute(sa.text(moved))
    return keys


def heard(port: int, payload: bytes, at: datetime = NIGHT, address: str = LAMP) -> Frame:
    return Frame(f"lunatone/{address}", bytes([port]) + payload, at)


def energy(power_tenths: int, at: datetime = NIGHT, address: str = LAMP) -> Frame:
    """Bank 202 from its version on: 12,345 Wh and a power in tenths of a watt."""
    content = bytes.fromhex("030100000000003039ff") + power_tenths.to_bytes(4, "big")
    return heard(PORT_OF_BANK[202], content, at, address)


def make_ingest(listener: Listener | None = None) -> Ingest:
    return Ingest(Lunatone(), expected=SameLevel(100), acknowledgements=listener or NobodyListens())


async def test_light_energy_and_burning_time_are_kept_as_of_any_controller(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    source = bytes.fromhex("030100012c0001f4000003e800000bb8025802bc000c000f0017002d0043a0")
    state = GearState(GearStatus.LAMP_ON, 254)
    frames = [
        heard(Port.STATE, state.encode()),
        energy(641),
        heard(PORT_OF_BANK[206], source, NIGHT + QUARTER),
    ]
    report = await make_ingest().handle(session, frames, NIGHT + QUARTER)
    assert report.refused == {}
    latest = (await telemetry.latest(session, [keys[LAMP]]))[keys[LAMP]]
    assert (latest.level_percent, latest.active_power_w) == (100, pytest.approx(64.1))
    assert (latest.active_energy_wh, latest.burning_time_s) == (12_345, 3000)
    assert latest.flags == StatusFlag.LAMP_ON
    assert latest.seen_at == NIGHT + QUARTER
    (day,) = await telemetry.take_energy_days(session)
    assert day == (keys[LAMP], date(2026, 12, 20))


async def test_a_dark_lamp_is_found_from_its_energy_bank(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    ingest = make_ingest()
    for turn in range(3):
        at = NIGHT + turn * QUARTER
        await ingest.handle(session, [energy(4, at), energy(640, at, OTHER)], at)
    rows = await session.execute(sa.text("SELECT cause, evidence_count FROM alarm"))
    assert [tuple(row) for row in rows.all()] == [("lamp_failure", 1)]


async def test_an_order_the_gear_shows_is_answered_as_it_was_given(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    listener = Listener()
    taken = GearState(GearStatus.LAMP_ON, 229, ordered_percent=51)
    await make_ingest(listener).handle(session, [heard(Port.ORDER_TAKEN, taken.encode())], NIGHT)
    told = [LevelHeard(keys[LAMP], 51, NIGHT)]
    assert (listener.heard.echoes, listener.heard.reported) == (told, told)


async def test_silent_gear_and_overheard_orders_are_events(
    session: AsyncSession, keys: dict[str, int]
) -> None:
    frames = [heard(Port.SILENCE, b"\x03"), heard(Port.OVERHEARD, b"\x22\xfe")]
    await make_ingest().handle(session, frames, NIGHT)
    rows = await session.execute(sa.text("SELECT kind FROM device_event ORDER BY kind"))
    assert list(rows.scalars()) == ["control_gear_comm_failure", "overheard_order"]
