"""Orders written from the parts a layout gives them."""

from datetime import timedelta

import pytest

from drivers.contract import Ability, PortFrame
from drivers.errors import EncodeError
from drivers.profiles.loader import abilities_of
from tests.drivers.layouts.samples import compiled

DIMMER = compiled(
    """
downlinks:
  port: 8
  set_level: ["84 01", {type: u8, is: level_percent, scale: 0.4, valid: [0, 100]}]
  set_level_for:
    ["85", {type: u16, is: hold_minutes, valid: [1, 600]},
     {type: u8, is: level_percent, scale: 0.4, valid: [0, 100]}]
  back_to_program: ["86"]
  settings:
    offset: ["90", {type: i16, is: minutes}]
    counter: ["91", {type: u24, is: energy_kwh}]
"""
)
SWITCH = compiled(
    """
downlinks:
  port: 85
  outputs: {DO1: {close: "0701ff", open: "0700ff"}}
  request_meter: ["ff28ff"]
"""
)


def test_abilities_are_those_whose_orders_are_written() -> None:
    assert abilities_of(DIMMER) == {Ability.DIMS, Ability.TAKES_SETTINGS}
    assert abilities_of(SWITCH) == {Ability.SWITCHES_CIRCUIT, Ability.READS_METER}


def test_a_level_is_written() -> None:
    assert DIMMER.set_level(0) == PortFrame(8, bytes.fromhex("840100"))
    assert DIMMER.set_level(50) == PortFrame(8, bytes.fromhex("84017d"))
    assert DIMMER.set_level(100) == PortFrame(8, bytes.fromhex("8401fa"))


def test_a_hold_and_the_way_back_are_written() -> None:
    assert DIMMER.set_level(50, timedelta(hours=5)).payload.hex() == "85012c7d"
    assert DIMMER.set_level(None).payload.hex() == "86"


@pytest.mark.parametrize(
    ("hold", "says"),
    [
        (timedelta(minutes=601), "hold_minutes 601 is outside 1..600"),
        (timedelta(seconds=90), "whole"),
    ],
)
def test_a_hold_the_device_cannot_count_is_refused(hold: timedelta, says: str) -> None:
    with pytest.raises(EncodeError, match=says):
        DIMMER.set_level(50, hold)


def test_what_a_device_cannot_do_is_refused() -> None:
    plain = compiled('downlinks: {port: 8, set_level: ["84", {type: u8, is: level_percent}]}')
    with pytest.raises(EncodeError, match="no order back"):
        plain.set_level(None)
    with pytest.raises(EncodeError, match="until the next order"):
        plain.set_level(10, timedelta(minutes=1))
    with pytest.raises(EncodeError, match=r"level 101 is outside 0\.\.100 %"):
        plain.set_level(101)


def test_an_output_is_switched_by_its_name() -> None:
    assert SWITCH.switch_output(True, "DO1") == PortFrame(85, b"\x07\x01\xff")
    assert SWITCH.switch_output(False, "DO1") == PortFrame(85, b"\x07\x00\xff")
    for name in ("", "DO2"):
        with pytest.raises(EncodeError, match="there are: DO1"):
            SWITCH.switch_output(True, name)


def test_a_setting_takes_all_its_values_and_no_other() -> None:
    assert DIMMER.write_setting("offset", {"minutes": -60}).payload.hex() == "90ffc4"
    assert DIMMER.write_setting("counter", {"energy_kwh": 65536}).payload.hex() == "91010000"
    with pytest.raises(EncodeError, match="minutes: missing"):
        DIMMER.write_setting("offset", {})
    with pytest.raises(EncodeError, match="hours: the order has no such value"):
        DIMMER.write_setting("offset", {"minutes": 1, "hours": 1})
    with pytest.raises(EncodeError, match=r"outside -32768\.\.32767"):
        DIMMER.write_setting("offset", {"minutes": 40_000})
    with pytest.raises(EncodeError, match="there are: offset, counter"):
        DIMMER.write_setting("tune", {})


def test_the_meter_is_asked() -> None:
    assert SWITCH.request_meter() == PortFrame(85, b"\xff\x28\xff")
