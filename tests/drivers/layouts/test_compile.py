"""A layout that makes no sense is refused with its place and what to write."""

import re

import pytest

from drivers.layouts import LayoutError
from tests.drivers.layouts.samples import compiled, one_record


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("{type: u8, quantity: level_percent, echo: level}", "write one of quantity, echo"),
        ("{type: i32, instant: unix_s}", "seconds since 1970 are a u32 or u64"),
        ("{type: u8, length: 2}", "length: bytes need one"),
        ("{type: bytes}", "length: bytes need one"),
        ("{type: bytes, length: 0}", "less than one byte"),
        ("{type: bytes, length: 2, quantity: active_power_w}", "passed over or kept"),
        ("{type: bytes, length: size}", "'size' is the detail of no u8 or u16 before it"),
        ("{type: u8, scale: 0, quantity: active_power_w}", "0 makes every value the same"),
        ("{type: u8, quantity: active_power_w, valid: [9, 1]}", "9 is above 1"),
        ("{type: f32, bits: {0: {flag: lamp_on}}}", "f32 has no bits"),
        ("{type: u8, bits: {8: {flag: lamp_on}}}", "bits[8]: u8 has no such bit"),
        ("{type: u8, bits: {0: {}}}", "write one of quantity, flag, event"),
        (
            "{type: u8, bits: {0: {quantity: current_a}}}",
            "a bit is a contact; write one of: input_on",
        ),
        ("{type: u8, bits: {0: {flag: lamp_gone}}}", "'lamp_gone' is no status flag"),
    ],
)
def test_a_field_that_makes_no_sense_is_named(field: str, says: str) -> None:
    with pytest.raises(LayoutError, match=re.escape(says)) as raised:
        one_record(f"[{{type: u8}}, {field}]")
    assert "uplinks.records[0].fields[1]" in str(raised.value)


UPLINKS = "uplinks: {byte_order: big, ports: [1], records: [%s]}"


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ("{}", "it is empty; write uplinks, downlinks or both"),
        (UPLINKS % "", "uplinks.records: there are none"),
        (UPLINKS % "{carries: x}", "records[0]: a record needs a key, a field or both"),
        (UPLINKS % "{carries: x, key: '0'}", "records[0].key: '0' is not hexadecimal"),
        (
            UPLINKS % "{carries: x, key: '01'}, {carries: y, key: '01'}",
            "records[1].key: '01' is that of 'x' too",
        ),
        (
            UPLINKS % "{carries: x, fields: [{type: bytes, length: n}, {type: u8, detail: n}]}",
            "records[0].fields[0].length: only the last field may have its length told",
        ),
        (
            UPLINKS % "{carries: x, key: '01', reader: of_acme}",
            "records[0].reader: 'of_acme' does not exist; there are: none",
        ),
        (
            UPLINKS % "{carries: x, key: '01', reader: of_acme, fields: [{type: u8}]}",
            "records[0].reader: it goes without fields",
        ),
        (
            "uplinks: {byte_order: big, ports: [1], records: [], shared: [acme/all]}",
            "there is no acme/all",
        ),
        ("downlinks: {port: 1}", "downlinks: there is no order in it"),
        ("downlinks: {port: 1, back_to_program: ['01']}", "downlinks.set_level: missing"),
        ("downlinks: {port: 1, set_level: ['01']}", "set_level: its parts must name level_percent"),
        (
            "downlinks: {port: 1, request_meter: [{type: u8, is: channel}]}",
            "request_meter: its parts must name no value",
        ),
        ("downlinks: {port: 1, request_meter: ['0x01']}", "request_meter[0]: '0x01' is not hex"),
        (
            "downlinks: {port: 1, settings: {a: [{type: f32, is: b}]}}",
            "settings.a[0].type: an order has whole numbers, not f32",
        ),
        (
            "downlinks: {port: 1, settings: {a: [{type: u8, is: b, scale: -1}]}}",
            "settings.a[0].scale: -1 must be above 0",
        ),
        (
            "downlinks: {port: 1, settings: {a: [{type: u8, is: b, valid: [0, 256]}]}}",
            "settings.a[0].valid: 256 does not fit u8",
        ),
        (
            "downlinks: {port: 1, outputs: {DO1: {close: '01', open: 'zz'}}}",
            "outputs.DO1.open: 'zz' is not hexadecimal",
        ),
    ],
)
def test_a_layout_that_makes_no_sense_is_named(layout: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        compiled(layout)
