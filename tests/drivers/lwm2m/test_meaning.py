from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Decoded, EventKind, LevelEcho, Quantity
from drivers.errors import DecodeError, EncodeError, InvalidValueError
from drivers.lwm2m import content, senml
from drivers.lwm2m.content import Format
from drivers.lwm2m.driver import LAMP, UcifiLamp
from drivers.lwm2m.objects import OBJECTS
from drivers.lwm2m.packet import ROOT_PORT, Kind, pack
from drivers.lwm2m.paths import ROOT, Path
from drivers.lwm2m.registering import parse_request
from drivers.lwm2m.senml import Record, Scalar

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
METER = Path(3418, 0)
codec = UcifiLamp()


def said(base: Path, held: dict[int, Scalar], form: Format = Format.TLV) -> Decoded:
    """What a device says that holds these resources."""
    values = [(base.child(resource), value) for resource, value in held.items()]
    frame = pack(Kind.VALUE, base, form, content.write(form, base, values))
    return codec.decode_uplink(frame.port, frame.payload, AT)


def sent(*records: Record) -> Decoded:
    frame = pack(Kind.SENT, ROOT, Format.SENML_CBOR, senml.write_cbor(records))
    return codec.decode_uplink(frame.port, frame.payload, AT)


def epoch(at: datetime) -> int:
    return int(at.timestamp())


@pytest.mark.parametrize("form", [Format.TLV, Format.SENML_CBOR, Format.SENML_JSON])
def test_every_format_says_the_same(form: Format) -> None:
    decoded = said(METER, {1: 230.5, 4: 61.25, 6: 123456.0}, form)
    assert [(one.quantity, one.value) for one in decoded.readings] == [
        (Quantity.SUPPLY_VOLTAGE_V, 230.5),
        (Quantity.ACTIVE_POWER_W, 61.25),
        (Quantity.ACTIVE_ENERGY_WH, 123456),
    ]


def test_energy_of_the_meter_is_wh_and_that_of_the_light_source_kwh() -> None:
    (meter,) = said(METER, {6: 1500.0}).readings
    (source,) = said(LAMP, {47: 1.5}).readings
    assert (meter.quantity, meter.value) == (Quantity.ACTIVE_ENERGY_WH, 1500)
    assert (source.quantity, source.value) == (Quantity.LOAD_SIDE_ENERGY_WH, 1500)
    assert isinstance(source.value, int)


def test_a_part_of_an_instance_says_nothing_of_the_lamps_health() -> None:
    (reading,) = said(LAMP, {3: 40}).readings
    assert reading.quantity is Quantity.LEVEL_PERCENT


def test_the_command_is_an_echo_until_the_device_says_that_its_program_rules() -> None:
    assert said(LAMP, {1: 80, 2: 64}).acknowledgements == [LevelEcho(80, AT)]
    assert said(LAMP, {1: 80, 2: 30, 54: True}).acknowledgements == [LevelEcho(80, AT)]
    assert said(LAMP, {1: 80, 2: 30, 54: False}).acknowledgements == [LevelEcho(30, AT)]


def test_a_second_meter_is_another_channel() -> None:
    (reading,) = said(Path(3418, 1), {4: 12.5}).readings
    assert reading.channel == "1"


def test_not_a_number_is_not_a_reading() -> None:
    assert said(METER, {4: float("nan"), 1: float("inf")}).readings == []


@pytest.mark.parametrize("held", [{3: 101}, {3: -1}, {15: -2.0}, {47: 1e40}])
def test_what_the_object_excludes_is_refused(held: dict[int, Scalar]) -> None:
    with pytest.raises(InvalidValueError):
        said(LAMP, held)


def test_values_kept_for_us_keep_their_own_instant() -> None:
    early, late = AT - timedelta(hours=9), AT - timedelta(hours=1)
    decoded = sent(
        Record(METER.child(6), 1000, epoch(early)), Record(METER.child(6), 1060, epoch(late))
    )
    assert [(one.value, one.measured_at) for one in decoded.readings] == [
        (1000, early),
        (1060, late),
    ]
    assert decoded.events == []


def test_a_time_stamp_resource_dates_its_instance() -> None:
    measured_at = AT - timedelta(minutes=20)
    (reading,) = said(METER, {4: 60.0, 5518: epoch(measured_at)}).readings
    assert reading.measured_at == measured_at
    (reading,) = said(METER, {4: 60.0, 5518: 0}).readings
    assert reading.measured_at == AT


def test_times_relative_to_now_count_back() -> None:
    (reading,) = sent(Record(METER.child(4), 60, -300)).readings
    assert reading.measured_at == AT - timedelta(minutes=5)


@pytest.mark.parametrize("start", [0, 600, (1 << 32) - 8000], ids=["1970", "early 1970", "2106"])
def test_a_clock_that_is_wrong_still_keeps_distances(start: int) -> None:
    decoded = sent(
        Record(METER.child(6), 1000, start + 60), Record(METER.child(6), 1060, start + 3660)
    )
    assert [one.measured_at for one in decoded.readings] == [AT - timedelta(hours=1), AT]
    assert [one.kind for one in decoded.events] == [EventKind.CLOCK_IMPLAUSIBLE]


def test_an_order_the_device_took_is_its_echo() -> None:
    order = codec.set_level(35)
    assert codec.decode_uplink(*order, AT).acknowledgements == [LevelEcho(35, AT)]
    held = codec.set_level(35, timedelta(hours=2))
    assert codec.decode_uplink(*held, AT).acknowledgements == [
        LevelEcho(35, AT, timedelta(hours=2))
    ]
    released = codec.set_level(None)
    assert codec.decode_uplink(*released, AT).acknowledgements == [LevelEcho(None, AT)]


@pytest.mark.parametrize(
    ("level", "hold"), [(101, None), (-1, None), (None, timedelta(hours=1)), (50, timedelta(0))]
)
def test_an_order_that_cannot_be_is_refused(level: int | None, hold: timedelta | None) -> None:
    with pytest.raises(EncodeError):
        codec.set_level(level, hold)


def test_a_registration_says_how_the_device_sleeps() -> None:
    request = parse_request(
        ["ep=lamp-1", "lt=7200", "lwm2m=1.0", "b=UQ"],
        '</lwm2m>;rt="oma.lwm2m";ct=11543,</lwm2m/3416/0>,</lwm2m/3>',
    )
    assert request.endpoint == "lamp-1"
    assert request.is_queued
    assert request.objects == (Path(3416, 0), Path(3))
    assert request.formats == (11543,)


@pytest.mark.parametrize("query", ["lt=-1", "lt=x", "lt=99999999999", "ep=", "ep=" + "x" * 200])
def test_a_registration_out_of_bounds_is_refused(query: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_request([query], "</1/0>")


heads = st.builds(
    lambda kind, instance, resource, form: (
        bytes([kind])
        + instance.to_bytes(2, "big")
        + resource.to_bytes(2, "big")
        + form.to_bytes(2, "big")
    ),
    st.sampled_from([int(kind) for kind in Kind]),
    st.sampled_from([0, 1, 65535]),
    st.sampled_from([0, 3, 65535]),
    st.sampled_from([int(form) for form in Format]),
)


@given(port=st.sampled_from([*OBJECTS, ROOT_PORT]), head=heads, body=st.binary(max_size=200))
def test_whatever_the_bytes_they_are_read_or_refused(port: int, head: bytes, body: bytes) -> None:
    try:
        decoded = codec.decode_uplink(port, head + body, AT)
    except DecodeError:
        return
    assert all(one.measured_at <= AT + timedelta(minutes=2) for one in decoded.readings)


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=5), st.none())
labels = st.sampled_from([-2, -3, -5, 0, 2, 3, 4, 6, 8, "vlo"])
names = st.sampled_from(["/3416/0/", "3", "/3418/0/6", "/", "", "/99999/0/1", "/3418/0/5518"])


@given(st.lists(st.dictionaries(labels, st.one_of(numbers, names)), max_size=6))
def test_whatever_the_pack_it_is_read_or_refused(pack_of: list[dict[int | str, object]]) -> None:
    frame = pack(Kind.SENT, ROOT, Format.SENML_CBOR, senml.cbor2.dumps(pack_of))
    try:
        codec.decode_uplink(frame.port, frame.payload, AT)
    except DecodeError:
        return
