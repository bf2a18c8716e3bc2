import json
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import profiles
from drivers.cellular.codec import JsonLamp, JsonReports, build
from drivers.cellular.spec import Encoding, JsonSpec
from drivers.contract import Decoded, EventKind, Measurement, Quantity
from drivers.errors import DecodeError, EncodeError, InvalidValueError, UnknownPortError

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
SPEC: dict[str, Any] = {
    "topic": "nb/{address}/up",
    "points": [{"path": "d.p", "quantity": "active_power_w", "scale": 0.1}],
    "time": {"path": "t"},
}


def described(**changes: Any) -> JsonReports:
    return build(msgspec.convert({**SPEC, **changes}, JsonSpec))


def said(codec: JsonReports, message: Any) -> Decoded:
    is_json = codec.spec.encoding is Encoding.JSON
    payload = json.dumps(message).encode() if is_json else cbor2.dumps(message)
    return codec.decode_uplink(1, payload, AT)


def power(value: float, at: datetime = AT) -> Measurement:
    return Measurement(Quantity.ACTIVE_POWER_W, value, at)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("epoch_s", 1795197600),
        ("epoch_ms", 1795197600000),
        ("iso8601", "2026-11-20T19:00:00+01:00"),
        ("iso8601", "2026-11-20T18:00:00Z"),
        ("compact", "20261120180000"),
    ],
)
def test_times_are_read_as_the_profile_says(form: str, written: Any) -> None:
    codec = described(time={"path": "t", "form": form})
    assert said(codec, {"t": written, "d": {"p": 385}}).readings == [power(38.5)]


def test_records_kept_by_a_device_keep_their_instant() -> None:
    codec = described(records="r")
    records = [{"t": 1795197600 - back, "d": {"p": 10}} for back in (7200, 3600)]
    assert said(codec, {"r": records}).readings == [
        power(1.0, AT - timedelta(hours=2)),
        power(1.0, AT - timedelta(hours=1)),
    ]


def test_a_clock_that_was_never_set_keeps_distances() -> None:
    codec = described(records="r")
    decoded = said(codec, {"r": [{"t": 0, "d": {"p": 10}}, {"t": 600, "d": {"p": 20}}]})
    assert [one.measured_at for one in decoded.readings] == [AT - timedelta(minutes=10), AT]
    assert [one.kind for one in decoded.events] == [EventKind.CLOCK_IMPLAUSIBLE]


@pytest.mark.parametrize("value", ["12", True, [1], 1e300])
def test_what_cannot_be_is_told_and_the_rest_is_kept(value: Any) -> None:
    points = [*SPEC["points"], {"path": "d.v", "quantity": "supply_voltage_v"}]
    decoded = said(described(points=points), {"d": {"p": value, "v": 230}})
    assert [one.quantity for one in decoded.readings] == [Quantity.SUPPLY_VOLTAGE_V]
    assert [one.kind for one in decoded.events] == [EventKind.RECORD_UNUSABLE]


def test_what_is_missing_is_not_said() -> None:
    assert said(described(), {"x": 1}) == Decoded([], [], [])


def test_values_stand_in_lists_too() -> None:
    codec = described(points=[{"path": "v.1", "quantity": "active_energy_wh"}])
    assert said(codec, {"v": [5, 7.0]}).readings == [Measurement(Quantity.ACTIVE_ENERGY_WH, 7, AT)]


def test_an_order_is_what_the_profile_writes() -> None:
    codec = described(
        order={
            "topic": "nb/{address}/down",
            "level": {"cmd": ["dim", "$level_percent"], "for": "$hold_s"},
            "level_scale": 2.55,
        }
    )
    assert isinstance(codec, JsonLamp)
    assert codec.topic_for("8670") == "nb/8670/down"
    assert json.loads(codec.set_level(100, timedelta(minutes=5)).payload) == {
        "cmd": ["dim", 255],
        "for": 300,
    }
    with pytest.raises(EncodeError):
        codec.set_level(None)
    with pytest.raises(EncodeError):
        codec.set_level(101)
    for address in ("a/b", "+", "#", ""):
        with pytest.raises(EncodeError):
            codec.topic_for(address)


def test_a_level_without_an_end_is_not_given_one() -> None:
    order = {"topic": "{address}", "level": {"v": "$level_percent"}, "release": {"v": -1}}
    codec = described(order=order)
    assert isinstance(codec, JsonLamp)
    with pytest.raises(EncodeError, match="ends by itself"):
        codec.set_level(50, timedelta(hours=1))
    assert json.loads(codec.set_level(None).payload) == {"v": -1}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"topic": "nb/up"}, "topic"),
        ({"states": [{"path": "x", "flag": "nonsense"}]}, "states"),
        ({"order": {"topic": "down", "level": {"v": "$level_percent"}}}, "order.topic"),
        ({"order": {"topic": "{address}", "level": {"v": 1}}}, "order"),
        ({"order": {"topic": "{address}", "level": {"v": "$level_percent", "w": "$x"}}}, "order"),
    ],
)
def test_a_description_that_cannot_be_says_where(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=rf"^{why}"):
        described(**changes)


def test_the_address_may_stand_in_the_message_alone() -> None:
    codec = described(topic="nb/+/up", identity={"address": "id"})
    assert codec.sender_of("nb/x/up", b'{"id": "8670"}').address == "8670"
    with pytest.raises(InvalidValueError):
        codec.sender_of("nb/x/up", b"{}")


def test_there_is_one_port() -> None:
    with pytest.raises(UnknownPortError):
        described().decode_uplink(2, b"{}", AT)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
words = st.sampled_from(["utc", "level", "power", "energy", "hours", "reason", "command", "temp"])
reports = st.fixed_dictionaries(
    {"telemetry": st.lists(st.dictionaries(words, anything), max_size=3) | anything}
)


@pytest.mark.parametrize("name", ["cellular/lamp-json", "cellular/lamp-cbor"])
@given(message=reports | anything, raw=st.binary(max_size=60))
def test_whatever_is_said_it_is_read_or_refused(name: str, message: Any, raw: bytes) -> None:
    codec = profiles.listener(name)
    is_json = name.endswith("json")
    written = msgspec.json.encode(message) if is_json else cbor2.dumps(message)
    for payload in (written, raw):
        try:
            decoded = codec.decode_uplink(1, payload, AT)
        except DecodeError:
            continue
        assert all(one.measured_at <= AT + timedelta(minutes=2) for one in decoded.readings)
