"""What frames of control gear say of the light."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import (
    Decoded,
    Dims,
    EventKind,
    LevelEcho,
    Listens,
    PortFrame,
    Quantity,
    StatusFlag,
)
from drivers.dali.curve import Curve, level_of_percent
from drivers.dali.driver import ControlGear
from drivers.dali.meaning import UPLINK_PORTS, decode_uplink
from drivers.dali.ports import PORT_OF_BANK, GearState, Port
from drivers.dali.status import GearStatus
from drivers.errors import DecodeError, EncodeError, UnknownPortError

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
LIT = GearStatus.LAMP_ON


def _values(decoded: Decoded) -> dict[Quantity, float | int]:
    return {reading.quantity: reading.value for reading in decoded.readings}


def _state(state: GearState, port: Port = Port.STATE) -> Decoded:
    return decode_uplink(port, state.encode(), AT)


def test_a_lit_lamp_tells_its_light_and_flags() -> None:
    assert _values(_state(GearState(LIT, 229))) == {
        Quantity.LEVEL_PERCENT: 50,
        Quantity.STATUS_FLAGS: int(StatusFlag.LAMP_ON),
    }


def test_linear_gear_tells_another_light_for_the_same_level() -> None:
    decoded = _state(GearState(LIT, 127, Curve.LINEAR))
    assert _values(decoded)[Quantity.LEVEL_PERCENT] == 50


@pytest.mark.parametrize(
    "state", [GearState(LIT, 255), GearState(LIT | GearStatus.FADE_RUNNING, 120)]
)
def test_an_unknown_or_passing_level_is_not_told(state: GearState) -> None:
    assert Quantity.LEVEL_PERCENT not in _values(_state(state))


def test_a_failed_lamp_is_a_flag_and_an_event() -> None:
    decoded = _state(GearState(GearStatus.LAMP_FAILURE, 254))
    assert _values(decoded)[Quantity.STATUS_FLAGS] == StatusFlag.LAMP_FAILURE
    assert [event.kind for event in decoded.events] == [EventKind.LAMP_FAILURE]


def test_an_open_circuit_of_led_gear_is_a_failed_lamp() -> None:
    decoded = _state(GearState(LIT, 254, led_failures=0b0110_0010))
    assert _values(decoded)[Quantity.STATUS_FLAGS] == StatusFlag.LAMP_ON | StatusFlag.LAMP_FAILURE
    assert [(event.kind, event.detail) for event in decoded.events] == [
        (EventKind.LAMP_FAILURE, {"conditions": ["open_circuit"]}),
        (EventKind.OVERHEATING, {"conditions": ["thermal_shutdown", "thermal_overload"]}),
    ]


@given(st.integers(0, 100), st.sampled_from(Curve))
def test_an_order_that_the_gear_shows_is_echoed_as_it_was_given(percent: int, curve: Curve) -> None:
    level = level_of_percent(percent, curve)
    decoded = _state(GearState(LIT, level, curve, 0, percent), Port.ORDER_TAKEN)
    assert decoded.acknowledgements == [LevelEcho(percent, AT)]
    assert _values(decoded)[Quantity.LEVEL_PERCENT] == percent


@pytest.mark.parametrize(
    ("state", "is_taken"),
    [
        pytest.param(GearState(LIT, 254, 0, 0, 50), False, id="still at full light"),
        pytest.param(GearState(LIT | GearStatus.FADE_RUNNING, 254, 0, 0, 50), True, id="fading"),
        pytest.param(GearState(LIT | GearStatus.LIMIT_ERROR, 170, 0, 0, 1), True, id="at minimum"),
        pytest.param(GearState(LIT, 255, 0, 0, 50), False, id="level unknown"),
        pytest.param(GearState(LIT, 229), False, id="nothing was ordered"),
    ],
)
def test_an_order_counts_as_taken_by_what_the_gear_shows(state: GearState, is_taken: bool) -> None:
    assert bool(_state(state, Port.ORDER_TAKEN).acknowledgements) == is_taken


def test_energy_and_power_come_from_bank_202() -> None:
    memory = bytes.fromhex("0300" + "000000003039" + "ff" + "000001c3")  # from 0x03: version first
    decoded = decode_uplink(PORT_OF_BANK[202], b"\x03\x01" + memory[1:], AT)
    assert _values(decoded) == {Quantity.ACTIVE_ENERGY_WH: 12345, Quantity.ACTIVE_POWER_W: 45.1}
    assert all(isinstance(r.value, int) for r in decoded.readings[:1])


def test_a_counter_in_small_parts_of_a_watt_hour_is_whole_watt_hours() -> None:
    decoded = decode_uplink(PORT_OF_BANK[202], bytes.fromhex("04fd000000001f3f"), AT)
    assert _values(decoded) == {Quantity.ACTIVE_ENERGY_WH: 7}


def test_what_is_temporarily_unavailable_is_left_out() -> None:
    assert _values(decode_uplink(PORT_OF_BANK[202], bytes.fromhex("0b00fffffffe"), AT)) == {}


def test_an_impossible_counter_is_an_event_not_a_reading() -> None:
    decoded = decode_uplink(PORT_OF_BANK[202], bytes.fromhex("0406fffffffffff0"), AT)
    assert decoded.readings == []
    assert [event.kind for event in decoded.events] == [EventKind.RECORD_UNUSABLE]


def test_gear_diagnostics_tell_supply_temperature_and_conditions() -> None:
    memory = bytes.fromhex("0100000e1000000a08fc325a0101010a000b0002000600025a55")
    decoded = decode_uplink(PORT_OF_BANK[205], b"\x03" + memory, AT)
    assert _values(decoded) == {
        Quantity.OPERATING_TIME_S: 3600,
        Quantity.SUPPLY_VOLTAGE_V: 230.0,
        Quantity.FREQUENCY_HZ: 50,
        Quantity.POWER_FACTOR: 0.9,
        Quantity.TEMPERATURE_C: 30,
    }
    assert [(event.kind, event.detail) for event in decoded.events] == [
        (EventKind.CONTROL_GEAR_FAILURE, {"conditions": ["overall_failure"]}),
        (EventKind.METERING_ALERT, {"conditions": ["undervoltage"]}),
    ]


def test_burning_time_is_that_of_the_light_source() -> None:
    memory = bytes.fromhex("0100012c0001f4000003e800000bb8025802bc000c000f0017012d0043a0")
    decoded = decode_uplink(PORT_OF_BANK[206], b"\x03" + memory, AT)
    assert _values(decoded) == {Quantity.BURNING_TIME_S: 3000}
    assert [event.kind for event in decoded.events] == [EventKind.OVERHEATING]


def test_the_luminaire_tells_its_nameplate() -> None:
    memory = bytes.fromhex("06f62919228700000000000000020003152b05dc006400dc00fa003a9864000105")
    (event,) = decode_uplink(PORT_OF_BANK[1], b"\x03" + memory, AT).events
    assert event.kind == EventKind.NAMEPLATE
    assert event.detail["gtin"] == 7654321234567
    assert event.detail["nominal_input_power_w"] == 1500


def test_silent_gear_is_told_as_such() -> None:
    decoded = decode_uplink(Port.SILENCE, b"\x02", AT)
    assert _values(decoded) == {Quantity.STATUS_FLAGS: StatusFlag.CONTROL_GEAR_COMM_FAILURE}
    assert [event.kind for event in decoded.events] == [EventKind.CONTROL_GEAR_COMM_FAILURE]


@pytest.mark.parametrize(
    ("payload", "words"), [("86fe", "DAPC group 3 level 254"), ("0bff", "unknown 0bff")]
)
def test_an_overheard_order_is_evidence(payload: str, words: str) -> None:
    (event,) = decode_uplink(Port.OVERHEARD, bytes.fromhex(payload), AT).events
    assert (event.kind, event.detail) == (EventKind.OVERHEARD_ORDER, {"order": words})


@pytest.mark.parametrize(
    ("port", "payload"),
    [(1, "04"), (1, "04e5000032ff"), (2, ""), (3, "86"), (4, ""), (12, "03"), (1, "04e50000c8")],
)
def test_what_cannot_be_read_is_refused(port: int, payload: str) -> None:
    with pytest.raises(DecodeError):
        decode_uplink(port, bytes.fromhex(payload), AT)


def test_an_unknown_port_is_refused() -> None:
    with pytest.raises(UnknownPortError, match="port 99"):
        decode_uplink(99, b"\x00", AT)


@given(st.sampled_from((*UPLINK_PORTS, 0, 99)), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(port: int, payload: bytes) -> None:
    try:
        decoded = decode_uplink(port, payload, AT)
    except DecodeError:
        return
    for reading in decoded.readings:
        if reading.quantity in (Quantity.ACTIVE_ENERGY_WH, Quantity.BURNING_TIME_S):
            assert isinstance(reading.value, int)
        if reading.quantity is Quantity.LEVEL_PERCENT:
            assert 0 <= reading.value <= 100


def test_an_order_is_one_byte_of_percent() -> None:
    gear = ControlGear()
    assert isinstance(gear, Listens)
    assert isinstance(gear, Dims)
    assert gear.set_level(50) == PortFrame(1, b"\x32")


@pytest.mark.parametrize(
    ("level_percent", "hold", "reason"),
    [
        (None, None, "no program"),
        (50, timedelta(minutes=5), "no clock"),
        (101, None, "outside 0..100"),
    ],
)
def test_what_gear_cannot_do_is_not_ordered(
    level_percent: int | None, hold: timedelta | None, reason: str
) -> None:
    with pytest.raises(EncodeError, match=reason):
        ControlGear().set_level(level_percent, hold)
