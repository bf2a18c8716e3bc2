"""Every published DALI vector is read as published, and frames are written to the byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.dali.curve import Curve, level_of_percent, percent_of_level
from drivers.dali.frames import (
    Address,
    Forward,
    LedQuery,
    Order,
    OrderOf,
    Query,
    Special,
    direct_level,
    order,
    order_of,
    query,
    query_led,
    special,
)
from drivers.dali.memory import Absent, read_bank
from drivers.dali.overheard import overheard
from drivers.dali.status import GearStatus, names_of

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/dali.json").read_text())


def _of(word: str) -> list[Any]:
    chosen = [vector for vector in VECTORS if word in vector["device"]]
    return [pytest.param(one, id=f"{n}-{one['hex'][:12]}") for n, one in enumerate(chosen)]


def _level(vector: dict[str, Any]) -> int:
    return int(vector["hex"], 16)


def test_all_published_vectors_are_here() -> None:
    kinds = [_of(word) for word in ("STATUS", "curve", "forward frame", "memory bank")]
    assert [len(kind) for kind in kinds] == [5, 8, 25, 12]
    assert len(VECTORS) == 52  # the two others are of a gateway: tests/drivers/lunatone


@pytest.mark.parametrize("vector", _of("STATUS"))
def test_a_status_byte_names_its_bits(vector: dict[str, Any]) -> None:
    assert names_of(GearStatus(_level(vector))) == [
        name for name, is_set in vector["expected"].items() if is_set
    ]


@pytest.mark.parametrize("vector", _of("curve"))
def test_a_level_is_the_published_percentage_and_back(vector: dict[str, Any]) -> None:
    curve = Curve.LINEAR if "linear" in vector["device"] else Curve.STANDARD
    percent = percent_of_level(_level(vector), curve)
    assert percent == pytest.approx(vector["expected"]["percent"], abs=0.0005)
    assert level_of_percent(percent, curve) == _level(vector)


@pytest.mark.parametrize("vector", _of("forward frame"))
def test_a_frame_is_named_as_published(vector: dict[str, Any]) -> None:
    said = overheard(Forward(*bytes.fromhex(vector["hex"])))
    assert said is not None
    published = vector["expected"]["frame"]
    if "=" in published:  # DTR0 = 0x0f
        name, value = published.split(" = ")
        assert (said.name, said.parameter) == (name, int(value, 0))
    else:
        assert str(said).startswith(published) or set(published.split()) <= set(str(said).split())


@pytest.mark.parametrize("vector", _of("forward frame"))
def test_a_frame_is_written_to_the_byte(vector: dict[str, Any]) -> None:
    written = _write(bytes.fromhex(vector["hex"]))
    expected = vector["expected"]
    assert written.payload.hex() == vector["hex"]
    assert 8 * len(written.payload) == expected["bits"]
    assert written.is_sent_twice == expected["send_twice"]
    assert written.has_answer == expected["answer_expected"]
    assert written.device_type == expected["needs_enable_device_type"]


@pytest.mark.parametrize("vector", _of("memory bank"))
def test_a_bank_is_read_as_published(vector: dict[str, Any]) -> None:
    told = read_bank(vector["bank"], vector["start_address"], bytes.fromhex(vector["hex"]))
    read = {
        name: value.value if isinstance(value, Absent) else value for name, value in told.items()
    }
    expected = {
        name: value.partition(" (")[0] if isinstance(value, str) else value
        for name, value in vector["expected"].items()
    }
    assert {name: read[name] for name in expected} == expected


def _write(frame: bytes) -> Forward:
    """The frame made anew by the function for its kind."""
    first, second = frame
    if first in list(Special):
        return special(Special(first), second)
    to = Address(first & 0xFE)
    if not first & 1:
        return direct_level(to, second)
    for kind in (Order, Query, OrderOf, LedQuery):
        opcode = second & 0xF0 if kind is OrderOf else second
        if opcode in list(kind):
            match kind(opcode):
                case Order() as what:
                    return order(to, what)
                case OrderOf() as what:
                    return order_of(to, what, second & 0x0F)
                case Query() as what:
                    return query(to, what)
                case LedQuery() as what:
                    return query_led(to, what)
    raise AssertionError(f"{frame.hex()} is not written by any function")
