"""Registers to values: published vectors, traps of units and orders, and anything at all."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import profiles
from drivers.contract import EventKind, Quantity, SwitchesCircuit
from drivers.errors import DecodeError, EncodeError, TrailingBytesError, TruncatedFrameError
from drivers.modbus.registers import (
    RegisterMap,
    RegisterMapSpec,
    UnreadableBlockError,
    register_map,
)
from drivers.modbus.requests import Function, Write

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
VECTORS: list[dict[str, Any]] = json.loads(
    Path("tests/data/vectors/modbus.json").read_text(encoding="utf-8")
)
# What the vectors call a device, and our profile of it.
PROFILE_OF = {
    "ABB B23": "abb/b23",
    "Carlo Gavazzi EM24": "gavazzi/em24",
    "Carlo Gavazzi EM340": "gavazzi/em340",
    "Eastron SDM630": "eastron/sdm630",
    "Schneider iEM3155": "schneider/iem3155",
}
IN_OUR_UNIT = {"kWh": 1000, "kW": 1000}
# Imported and exported energy together: our profiles read each alone.
SUM_OF_BOTH = "Eastron SDM630 total kWh"
METERS = [each.name for each in profiles.all_profiles() if each.codec.kind == "registers"]


def test_every_published_vector_belongs_to_a_profile() -> None:
    assert len(VECTORS) == 17
    assert all(profile_of(vector) for vector in VECTORS)


def profile_of(vector: dict[str, Any]) -> str:
    return next(PROFILE_OF[name] for name in PROFILE_OF if vector["device"].startswith(name))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["device"])
def test_a_published_vector_is_decoded(vector: dict[str, Any]) -> None:
    spec = profiles.load(profile_of(vector)).codec.content
    if vector["device"] == SUM_OF_BOTH:
        spec = with_sum(spec)
    block = next(each for each in spec.blocks if holds(each, vector))
    point = next(
        each
        for each in spec.points
        if each.block == block.block and each.address == vector["address"]
    )
    payload = bytearray(2 * block.count)
    offset = 2 * (vector["address"] - block.start)
    value = bytes.fromhex(vector["hex"])
    assert len(value) == 2 * vector["count"]
    payload[offset : offset + len(value)] = value
    readings = register_map(spec).decode_uplink(block.block, bytes(payload), AT).readings
    found = [
        reading.value
        for reading in readings
        if (reading.quantity, reading.channel) == (point.quantity, point.channel)
    ]
    wanted = vector["expected"]["value"]
    factor = IN_OUR_UNIT.get(vector["expected"].get("unit", ""), 1)
    assert found == ([] if wanted is None else [pytest.approx(wanted * factor, rel=1e-6)])


def holds(block: Any, vector: dict[str, Any]) -> bool:
    is_inside = block.start <= vector["address"] < block.start + block.count
    return bool(block.function == vector["function"] and is_inside)


def with_sum(spec: RegisterMapSpec) -> RegisterMapSpec:
    """The map with the register that sums imported and exported energy."""
    more = {
        "blocks": [{"block": 9, "function": 4, "start": 342, "count": 2, "period_s": 60}],
        "points": [
            {
                "quantity": "active_energy_wh",
                "block": 9,
                "address": 342,
                "type": "float32",
                "scale": 1000,
            }
        ],
    }
    added = msgspec.convert(more, RegisterMapSpec)
    return msgspec.structs.replace(
        spec, blocks=[*spec.blocks, *added.blocks], points=[*spec.points, *added.points]
    )


def single(kind: str, **point: Any) -> RegisterMap:
    """A map of one number."""
    said = {
        "blocks": [{"block": 1, "function": 3, "start": 100, "count": 4, "period_s": 60}],
        "points": [
            {"quantity": "active_power_w", "block": 1, "address": 100, "type": kind, **point}
        ],
    }
    return register_map(msgspec.convert(said, RegisterMapSpec))


def read(codec: RegisterMap, registers: str) -> Any:
    decoded = codec.decode_uplink(1, bytes.fromhex(registers).ljust(8, b"\x00"), AT)
    return decoded.readings[0].value if decoded.readings else decoded.events[0].kind


@pytest.mark.parametrize(
    ("register", "value"),
    [
        pytest.param("3f80 0000", 1.0, id="unity"),
        pytest.param("3f78 0000", 0.96875, id="inductive, taking"),
        pytest.param("3f84 0000", 0.96875, id="capacitive, taking"),
        pytest.param("bf40 0000", -0.75, id="inductive, giving back"),
        pytest.param("bfa0 0000", -0.75, id="capacitive, giving back"),
        pytest.param("4010 0000", -0.25, id="beyond the last quadrant is read as it folds"),
        pytest.param("4080 0000", EventKind.RECORD_UNUSABLE, id="no power factor at all"),
    ],
)
def test_a_power_factor_by_quadrant_is_unfolded(register: str, value: object) -> None:
    codec = single("float32", quantity="power_factor", form="four_quadrant")
    assert read(codec, register) == value


def test_kilowatts_become_watts_and_kilowatt_hours_whole_watt_hours() -> None:
    assert read(single("float32", scale=1000), "3fe0 0000") == 1750.0
    energy = read(single("float32", quantity="active_energy_wh", scale=1000), "4640 e6b6")
    assert (energy, type(energy)) == (12_345_678, int)
    tenths = read(single("int32", quantity="active_energy_wh", scale=100), "000f 1206")
    assert (tenths, type(tenths)) == (98_765_400, int)


def test_a_counter_of_64_bits_keeps_its_last_watt_hour() -> None:
    counted = read(single("uint64", quantity="active_energy_wh"), "0020 0000 0000 0001")
    assert counted == 9_007_199_254_740_993  # not a float's 2**53


@pytest.mark.parametrize(
    ("kind", "quantity", "registers"),
    [
        ("int32", "active_energy_wh", "ffff ffff"),
        ("float32", "active_energy_wh", "bf80 0000"),
        ("float32", "active_energy_wh", "7f7f ffff"),
        ("float32", "active_power_w", "7f80 0000"),
        ("uint64", "active_energy_wh", "ffff ffff ffff ffff"),
        ("int16", "power_factor", "0002"),
    ],
)
def test_what_cannot_be_is_told_and_not_stored(kind: str, quantity: str, registers: str) -> None:
    assert read(single(kind, quantity=quantity), registers) == EventKind.RECORD_UNUSABLE


def test_one_number_that_cannot_be_leaves_the_others() -> None:
    codec = profiles.driver("schneider/iem3155")
    assert isinstance(codec, RegisterMap)
    payload = bytes.fromhex("ffffffffffffffff 0000000000000005")
    decoded = codec.decode_uplink(6, payload, AT)
    assert [(one.quantity, one.value) for one in decoded.readings] == [
        (Quantity.EXPORTED_ENERGY_WH, 5)
    ]
    (event,) = decoded.events
    assert event.detail == {"quantity": "active_energy_wh", "channel": "", "raw": "-1"}


@pytest.mark.parametrize("name", METERS)
def test_a_block_of_another_length_is_refused(name: str) -> None:
    codec = profiles.driver(name)
    assert isinstance(codec, RegisterMap)
    for block in codec.blocks:
        with pytest.raises(TruncatedFrameError):
            codec.decode_uplink(block.number, bytes(block.read.length - 1), AT)
        with pytest.raises(TrailingBytesError):
            codec.decode_uplink(block.number, bytes(block.read.length + 1), AT)
        with pytest.raises(UnreadableBlockError, match="illegal data address"):
            codec.decode_uplink(block.number | 0x80, b"\x02", AT)


@pytest.mark.parametrize("name", METERS)
def test_no_block_is_longer_than_its_device_takes(name: str) -> None:
    longest = {"gavazzi/em24": 11, "gavazzi/em340": 50, "gavazzi/em24-e1": 50, "eastron/sdm630": 60}
    codec = profiles.driver(name)
    assert isinstance(codec, RegisterMap)
    assert max(block.read.count for block in codec.blocks) <= longest.get(name, 125)


@pytest.mark.parametrize("name", METERS)
@given(data=st.data())
def test_any_bytes_are_a_result_or_a_decode_error(name: str, data: st.DataObject) -> None:
    codec = profiles.driver(name)
    assert isinstance(codec, RegisterMap)
    block = data.draw(st.sampled_from(codec.blocks))
    port = data.draw(st.sampled_from([block.number, block.number | 0x80, 0, 255]))
    exact = st.binary(min_size=block.read.length, max_size=block.read.length)
    payload = data.draw(exact | st.binary(max_size=300))
    try:
        decoded = codec.decode_uplink(port, payload, AT)
    except DecodeError:
        return
    for reading in decoded.readings:
        assert abs(reading.value) < float("inf")
        if reading.quantity.endswith("_wh"):
            assert isinstance(reading.value, int)
            assert 0 <= reading.value < 2**63


def test_an_output_is_switched_by_its_coil() -> None:
    relay = profiles.driver("waveshare/relay-d")
    assert isinstance(relay, SwitchesCircuit)
    assert relay.switch_output(True, "K3").payload == bytes.fromhex("05 0002 ff00")
    assert relay.switch_output(False, "K8").payload == bytes.fromhex("05 0007 0000")
    with pytest.raises(EncodeError, match="output 'K9': write one of K1, K2"):
        relay.switch_output(True, "K9")
    with pytest.raises(EncodeError, match="output ''"):
        relay.switch_output(True)


@given(
    st.sampled_from([Function.WRITE_REGISTER, Function.WRITE_REGISTERS]),
    st.integers(0, 0xFF00),
    st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=123),
)
def test_a_request_that_writes_survives_its_own_bytes(
    function: Function, start: int, words: list[int]
) -> None:
    count = 1 if function is Function.WRITE_REGISTER else None
    write = Write(function, start, tuple(words[:count]))
    assert Write.decode(write.encode()) == write


@given(st.binary(max_size=300))
def test_any_bytes_are_a_write_or_an_encode_error(request_bytes: bytes) -> None:
    try:
        write = Write.decode(request_bytes)
    except EncodeError:
        return
    assert write.encode() == request_bytes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"blocks": []}, "blocks: there must be some"),
        ({"points": [{"address": 99}]}, "99 is not inside block 1"),
        ({"points": [{"address": 103}]}, "103 is not inside block 1"),
        ({"points": [{"block": 2}]}, "block 2 of address 100 does not exist"),
        ({"blocks": [{"function": 6}]}, "WRITE_REGISTER does not read"),
        ({"blocks": [{"function": 99}]}, "99 is not a valid Function"),
        ({"blocks": [{"count": 126}]}, "1 to 125 at once"),
        ({"blocks": [{"block": 128}]}, "a number from 1 to 127"),
        ({"blocks": [{"period_s": 0}]}, "period_s must be positive"),
        ({"blocks": [{"function": 1}]}, "block 1 reads bits"),
        ({"outputs": [{"channel": "K1", "block": 1, "address": 100}]}, "K1: 100 is no bit"),
    ],
)
def test_a_wrong_map_says_where(change: dict[str, Any], says: str) -> None:
    said: dict[str, Any] = {
        "blocks": [{"block": 1, "function": 3, "start": 100, "count": 4, "period_s": 60}],
        "points": [{"quantity": "active_power_w", "block": 1, "address": 100, "type": "int32"}],
    }
    for key, items in change.items():
        base = said.get(key, [{}])[0]
        said[key] = [{**base, **item} for item in items]
    with pytest.raises(ValueError, match=says):
        register_map(msgspec.convert(said, RegisterMapSpec))
