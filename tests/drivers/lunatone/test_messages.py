"""Messages of the gateway's WebSocket, as published."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.dali.frames import BROADCAST, direct_level
from drivers.dali.line import GARBLED, FramePriority, LineUnpoweredError
from drivers.errors import DecodeError, LinkError, RefusedByDeviceError
from drivers.lunatone.messages import (
    Descriptor,
    FrameAnswered,
    FrameSent,
    Greeting,
    Monitored,
    answer_of,
    check_sent,
    read_message,
    write_frame,
)

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/dali.json").read_text())
ORDER, GREETING = [one["expected"]["message"] for one in VECTORS if "Lunatone" in one["device"]]


def test_a_frame_is_written_as_published() -> None:
    written = write_frame(0, direct_level(BROADCAST, 0), FramePriority.AUTOMATIC)
    assert json.loads(written) == ORDER


def test_the_greeting_is_read_as_published() -> None:
    assert read_message(json.dumps(GREETING)) == Greeting("wb-test", Descriptor(lines=3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"daliFrame","data":{"line":1,"result":0}}', FrameSent(1, 0)),
        (
            '{"type":"daliAnswer","data":{"line":0,"result":8,"daliData":229}}',
            FrameAnswered(0, 8, 229),
        ),
        (
            '{"type":"daliMonitor","data":{"bits":16,"data":[34,254],"line":0,'
            '"framingError":false}}',
            Monitored(0, 16, [34, 254]),
        ),
        ('{"type":"devices","data":{"devices":[]}}', None),
        ('{"type":"ping"}', None),
    ],
)
def test_a_message_is_read(text: str, message: object) -> None:
    assert read_message(text) == message


@pytest.mark.parametrize("text", ["", "[]", '{"type":"daliFrame","data":{"line":"x"}}', b"\xff"])
def test_what_is_no_message_is_refused(text: str | bytes) -> None:
    with pytest.raises(DecodeError):
        read_message(text)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    try:
        read_message(text)
    except DecodeError:
        return


@pytest.mark.parametrize(
    ("result", "error", "says"),
    [
        (1, LineUnpoweredError, "no voltage on line 2"),
        (4, LinkError, "buffer full"),
        (5, RefusedByDeviceError, "no such line"),
        (61, LinkError, "collision"),
        (99, LinkError, "result 99"),
    ],
)
def test_a_frame_that_was_not_sent_is_an_error(
    result: int, error: type[LinkError], says: str
) -> None:
    with pytest.raises(error, match=says):
        check_sent(FrameSent(2, result))


def test_answers_are_bytes_silence_or_garbled() -> None:
    answers = [FrameAnswered(0, 8, 229), FrameAnswered(0, 0), FrameAnswered(0, 63)]
    assert [answer_of(one) for one in answers] == [229, None, GARBLED]
