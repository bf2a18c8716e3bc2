import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import EventKind, LevelEcho, Measurement, ProgramStep, Quantity, SettingEcho
from drivers.errors import DecodeError, EncodeError
from drivers.oslp import messages
from drivers.oslp.driver import OslpLamp, frame_of
from drivers.oslp.meaning import PORTS

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/oslp.json").read_text())
AT = datetime(2026, 11, 21, 20, 35, tzinfo=UTC)
codec = OslpLamp()


def test_all_published_messages_are_here() -> None:
    assert len(VECTORS) == 3


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: next(iter(one["expected"])))
def test_a_published_message_is_read_and_written_to_the_byte(vector: dict[str, Any]) -> None:
    ((name, fields),) = vector["expected"].items()
    message = messages.parse(bytes.fromhex(vector["hex"]))
    assert messages.kind_of(message).replace("_", "") == name.lower()
    assert frame_of(message).payload.hex() == vector["hex"]
    for value in fields.get("values", []):
        (light,) = message.set_light_request.values
        assert light.index == bytes([value["index"]])
        assert light.on == value["on"]
        assert light.dim_value == bytes([value["dimValue"]])


def test_a_published_event_keeps_its_instant() -> None:
    payload = bytes.fromhex(VECTORS[2]["hex"])
    (event,) = codec.decode_uplink(17, payload, AT).events
    assert event.kind == EventKind.LIGHT_SWITCHED
    assert event.at == datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    assert event.detail == {"number": 2000, "index": 2, "event": "light on", "is_on": True}


def test_events_of_a_clock_that_was_never_set_keep_their_distance() -> None:
    message = messages.Message()
    for event, at in ((4800, "19700101000010"), (2001, "19700101001010")):
        message.event_notification_request.notifications.add(event=event, timestamp=at)
    decoded = codec.decode_uplink(*frame_of(message), AT)
    assert [one.kind for one in decoded.events] == [
        EventKind.CLOCK_IMPLAUSIBLE,
        EventKind.SUPPLY_LOSS,
        EventKind.LIGHT_SWITCHED,
    ]
    assert [one.at for one in decoded.events[1:]] == [AT - timedelta(minutes=10), AT]
    assert decoded.readings == [Measurement(Quantity.LEVEL_PERCENT, 0, AT)]


def test_a_status_tells_the_level_of_each_output() -> None:
    message = messages.Message()
    for index, is_on, dim in ((1, True, b"\x46"), (2, True, b""), (3, False, b"")):
        message.get_status_response.value.add(index=bytes([index]), on=is_on, dim_value=dim)
    decoded = codec.decode_uplink(*frame_of(message), AT)
    assert [(one.value, one.channel) for one in decoded.readings] == [
        (70, ""),
        (100, "2"),
        (0, "3"),
    ]


def test_orders_are_echoed_as_they_were_taken() -> None:
    assert codec.decode_uplink(*codec.set_level(70), AT).acknowledgements == [LevelEcho(70, AT)]
    assert codec.decode_uplink(*codec.set_level(0), AT).acknowledgements == [LevelEcho(0, AT)]
    assert codec.decode_uplink(*codec.set_level(None), AT).acknowledgements == [LevelEcho(None, AT)]
    (program,) = codec.write_program(0, [ProgramStep(1080, 100), ProgramStep(1380, 40)])
    assert codec.decode_uplink(*program, AT).acknowledgements == [
        SettingEcho("program", AT, {"steps": 2})
    ]


def test_what_the_protocol_cannot_say_is_refused() -> None:
    with pytest.raises(EncodeError, match="ends by itself"):
        codec.set_level(50, timedelta(hours=1))
    with pytest.raises(EncodeError):
        codec.set_level(101)
    with pytest.raises(EncodeError):
        codec.write_program(1, [ProgramStep(0, 0)])
    with pytest.raises(EncodeError):
        codec.write_program(0, [])
    with pytest.raises(EncodeError):
        codec.write_program(0, [ProgramStep(1440, 0)])


@given(port=st.sampled_from([*PORTS, 3, 99]), payload=st.binary(max_size=80))
def test_whatever_the_bytes_they_are_read_or_refused(port: int, payload: bytes) -> None:
    try:
        codec.decode_uplink(port, payload, AT)
    except DecodeError:
        return


@given(
    st.lists(
        st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=3), st.text(max_size=20)),
        max_size=5,
    )
)
def test_whatever_a_device_notifies_it_is_read_or_refused(
    told: list[tuple[int, bytes, str]],
) -> None:
    message = messages.Message()
    message.event_notification_request.SetInParent()
    for event, index, at in told:
        message.event_notification_request.notifications.add(event=event, index=index, timestamp=at)
    try:
        decoded = codec.decode_uplink(*frame_of(message), AT)
    except DecodeError:
        return
    assert all(one.at <= AT + timedelta(minutes=2) for one in decoded.events)
