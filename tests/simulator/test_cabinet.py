"""The simulated cabinet: its meter counts what its lamps draw, its contactor cuts them off."""

from datetime import UTC, datetime, timedelta

import pytest

from drivers import profiles
from drivers.contract import Quantity
from drivers.modbus.registers import RegisterMap
from simulator.modbus import cabinet as cabinets
from simulator.modbus.cabinet import Cabinet

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(cabinet: Cabinet, unit: int, profile: str) -> dict[tuple[Quantity, str], float]:
    """Everything a device says, decoded by the profile it is meant to have."""
    codec = profiles.driver(profile)
    assert isinstance(codec, RegisterMap)
    said: dict[tuple[Quantity, str], float] = {}
    for block in codec.blocks:
        words = cabinet.units[unit].get(block.read.function, block.read.start, block.read.count)
        if block.read.function.reads_bits:
            payload = bytes([sum(bit << place for place, bit in enumerate(words))])
        else:
            payload = b"".join(word.to_bytes(2, "big") for word in words)
        decoded = codec.decode_uplink(block.number, payload, AT)
        assert decoded.events == []
        said |= {(one.quantity, one.channel): one.value for one in decoded.readings}
    return said


def meter(cabinet: Cabinet) -> dict[tuple[Quantity, str], float]:
    return read(cabinet, cabinets.METER_UNIT, "abb/b23")


def test_the_meter_counts_what_the_lamps_draw() -> None:
    cabinet = Cabinet(AT, (10_000.0, 0.0, 0.0))
    cabinet.feed((1000.0, 500.0, 20.5), AT + HOUR)
    said = meter(cabinet)
    assert said[Quantity.ACTIVE_POWER_W, ""] == 1520.5
    assert said[Quantity.ACTIVE_POWER_W, "L3"] == 20.5
    assert said[Quantity.ACTIVE_ENERGY_WH, ""] == 11_520
    assert said[Quantity.ACTIVE_ENERGY_WH, "L2"] == 500
    assert said[Quantity.SUPPLY_VOLTAGE_V, "L1"] == 230.0
    assert said[Quantity.FREQUENCY_HZ, ""] == 50.0
    assert said[Quantity.CURRENT_A, "L1"] == pytest.approx(1000 / 230 / 0.95, abs=0.01)


def test_through_an_open_contactor_nothing_flows() -> None:
    cabinet = Cabinet(AT)
    cabinet.relay_module.write(5, cabinets.CONTACTOR, [0])
    cabinet.feed((1000.0, 500.0, 20.0), AT + HOUR)
    said = meter(cabinet)
    assert said[Quantity.ACTIVE_POWER_W, ""] == 0
    assert said[Quantity.ACTIVE_ENERGY_WH, ""] == 0
    contacts = read(cabinet, cabinets.RELAY_UNIT, "waveshare/relay-d")
    assert contacts[Quantity.OUTPUT_ON, "K1"] == 0
    assert contacts[Quantity.INPUT_ON, "DI5"] == 0


def test_a_welded_contactor_feeds_on_whatever_its_relay_does() -> None:
    cabinet = Cabinet(AT)
    cabinet.weld()
    cabinet.relay_module.write(5, cabinets.CONTACTOR, [0])
    assert cabinet.is_feeding
    assert cabinet.relay_module.get(1, cabinets.CONTACTOR, 1) == [0]


def test_a_dead_phase_shows_no_volts_and_no_watts() -> None:
    cabinet = Cabinet(AT)
    cabinet.feed((100.0, 100.0, 100.0), AT + HOUR, voltage_v=(230.0, 0.0, 231.5))
    said = meter(cabinet)
    assert said[Quantity.SUPPLY_VOLTAGE_V, "L2"] == 0
    assert said[Quantity.ACTIVE_POWER_W, ""] == 200
    assert said[Quantity.SUPPLY_VOLTAGE_V, "L3"] == 231.5


def test_contacts_are_what_happens() -> None:
    cabinet = Cabinet(AT)
    cabinet.contact(cabinets.DOOR, is_closed=True)
    assert cabinet.relay_module.get(2, cabinets.DOOR, 1) == [1]
