"""ECOdim DALI GW2 end to end: over a serial line too, registers by the published map."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import EventKind, LevelEcho, Quantity, StatusFlag
from drivers.dali.gateways.ecodim import DALI_GW2, EcodimGear
from drivers.dali.ports import Port
from drivers.errors import DecodeError, UnreachableError
from drivers.modbus import LinkSettings, ModbusLink, SerialLine
from simulator.modbus import server
from tests.drivers.dali.gateways.polling import AT, LATER, polled, values
from tests.peers.dali.ecodim import EcodimPeer
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.modbus.serial_line import serial_line
from tests.polling import eventually

VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/dali_gateways.json").read_text())
GEAR = EcodimGear()


def test_registers_are_where_the_map_says() -> None:
    (vector,) = [one for one in VECTORS if "ECOdim" in one["device"]]
    expected = vector["expected"]
    start = DALI_GW2.block(Port.STATE).place.of(0, vector["short_address"])
    assert DALI_GW2.level_register(0, str(vector["short_address"])) == expected["brightness"]
    assert [start, start + 2, start + 3] == [
        expected["brightness"],
        expected["available"],
        expected["status"],
    ]


async def test_light_is_read_from_the_level_and_ordered_as_a_level() -> None:
    line = PeerLine(PeerGear(9), PeerGear(10, groups=frozenset({2})))
    line.gears[9].level = 229
    peer = EcodimPeer(line)
    async with polled(peer.memory, GEAR.unit(), GEAR) as (link, heard):
        await eventually(lambda: heard.of("0/9", Port.STATE))
        assert values(heard.of("0/9", Port.STATE)[0]) == {
            Quantity.LEVEL_PERCENT: 50,
            Quantity.STATUS_FLAGS: StatusFlag.LAMP_ON,
        }
        await link.send("gare/1/0/9", GEAR.set_level(30), order_id="1", expires_at=LATER)
        await link.send("gare/1/0/g2", GEAR.set_level(75), order_id="2", expires_at=LATER)
        assert [gear.level for gear in line.gears.values()] == [210, 243]
        await eventually(lambda: heard.of("0/9", Port.ORDER_TAKEN))
        (decoded,) = heard.of("0/9", Port.ORDER_TAKEN)
        assert decoded.acknowledgements == [LevelEcho(30, AT)]
        with pytest.raises(UnreachableError, match="does not answer"):
            await link.send("gare/1/0/33", GEAR.set_level(30), order_id="3", expires_at=LATER)


async def test_it_is_read_over_a_serial_line() -> None:
    peer = EcodimPeer(PeerLine(PeerGear(0)))
    with serial_line() as (near, far):
        settings = LinkSettings("gare", SerialLine(far, baudrate=19_200))
        async with (
            server.serial({1: peer.memory}, near, baudrate=19_200),
            ModbusLink(settings, {1: GEAR.unit()}, lambda: AT) as link,
        ):
            async for batch in link.batches(1, timedelta(seconds=1)):
                batch.acknowledge()
                assert batch.frames[0].topic == "modbus/gare/1/0/0"
                break


def test_gear_that_is_away_is_told_as_silent() -> None:
    decoded = GEAR.decode_uplink(Port.STATE, bytes.fromhex("ff 0000 0000 0000 0000"), AT)
    assert [event.kind for event in decoded.events] == [EventKind.CONTROL_GEAR_COMM_FAILURE]


@given(st.sampled_from((1, 2, 3, 9)), st.binary(max_size=20))
def test_any_bytes_are_read_or_refused(port: int, payload: bytes) -> None:
    try:
        GEAR.decode_uplink(port, payload, AT)
    except DecodeError:
        return
