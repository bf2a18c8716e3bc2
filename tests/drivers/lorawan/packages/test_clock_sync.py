"""Clocks are corrected by what they are wrong, the shorter way round, and junk is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Decoded, EventKind
from drivers.errors import DecodeError, EncodeError, UnknownPacketError, UnknownPortError
from drivers.lorawan.nas.driver import Ul20xx
from drivers.lorawan.packages import WithPackages, clock_sync, multicast_setup
from drivers.lorawan.packages.clock_sync import (
    AppTimeAns,
    AppTimeReq,
    ForceResyncReq,
    PeriodicityReq,
)
from drivers.lorawan.packages.gps_time import gps_seconds, instant

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
NOW_S = gps_seconds(AT)


def test_gps_time_is_eighteen_seconds_ahead_of_utc() -> None:
    """1 January 2017, 00:00 UTC, was GPS second 1167264018 (IERS bulletin C 52)."""
    assert gps_seconds(datetime(2017, 1, 1, tzinfo=UTC)) == 1_167_264_018
    assert instant(NOW_S) == AT


@pytest.mark.parametrize(
    ("device_time_s", "correction_s"),
    [
        pytest.param(NOW_S - 90, 90, id="late"),
        pytest.param(NOW_S + 3600, -3600, id="ahead"),
        pytest.param(0, NOW_S, id="never set"),
        pytest.param((1 << 32) - 1, NOW_S + 1, id="just before its clock wraps"),
    ],
)
def test_a_wrong_clock_is_corrected(device_time_s: int, correction_s: int) -> None:
    asked = AppTimeReq(device_time_s, token=9, is_answer_required=False)
    assert clock_sync.answer(asked, AT) == AppTimeAns(correction_s, token=9)


def test_a_right_clock_is_answered_only_when_it_must_be() -> None:
    assert clock_sync.answer(AppTimeReq(NOW_S, 1, is_answer_required=False), AT) is None
    assert clock_sync.answer(AppTimeReq(NOW_S, 1, is_answer_required=True), AT) == AppTimeAns(0, 1)


@given(st.integers(0, (1 << 32) - 1), st.integers(0, 1 << 31))
def test_the_correction_brings_any_clock_to_now(device_time_s: int, seconds: int) -> None:
    at = AT + timedelta(seconds=seconds)
    answer = clock_sync.answer(AppTimeReq(device_time_s, 0, is_answer_required=True), at)
    assert answer is not None
    assert (device_time_s + answer.correction_s) % (1 << 32) == gps_seconds(at)
    assert clock_sync.encode_downlink(answer).port == clock_sync.PORT


def test_several_commands_share_a_frame() -> None:
    said = (PeriodicityReq(4), ForceResyncReq(3))
    assert clock_sync.decode_downlink(clock_sync.encode_downlink(*said).payload) == list(said)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(ForceResyncReq(8), id="too many transmissions"),
        pytest.param(PeriodicityReq(16), id="too long a period"),
        pytest.param(AppTimeAns(1 << 31, 0), id="too great a correction"),
        pytest.param(AppTimeAns(0, 16), id="too great a token"),
    ],
)
def test_what_does_not_fit_is_refused(
    command: ForceResyncReq | PeriodicityReq | AppTimeAns,
) -> None:
    with pytest.raises(EncodeError):
        clock_sync.encode_downlink(command)


@pytest.mark.parametrize("frame", ["", "01", "0100040000", "09", "00010105"])
def test_a_damaged_frame_is_refused(frame: str) -> None:
    with pytest.raises(DecodeError):
        clock_sync.decode_uplink(bytes.fromhex(frame))


@given(st.sampled_from([clock_sync, multicast_setup]), st.binary(max_size=242))
def test_any_bytes_are_read_or_refused(package: object, frame: bytes) -> None:
    for decode in (package.decode_uplink, package.decode_downlink):  # type: ignore[attr-defined]
        try:
            commands = decode(frame)
        except DecodeError:
            continue
        assert 1 <= len(commands) <= len(frame)


def test_a_codec_with_packages_reads_its_own_frames_and_theirs() -> None:
    codec = WithPackages(Ul20xx(), frozenset({23, 24, 25, 26, 50, 60, 61, 99}))
    asked = clock_sync.encode_uplink(AppTimeReq(1024, 15, is_answer_required=True))
    said = codec.decode_uplink(asked.port, asked.payload, AT)
    assert isinstance(said, Decoded)
    (event,) = said.events
    assert event.kind == EventKind.CLOCK_SYNC
    assert event.detail["command"] == "AppTimeReq"
    assert event.detail["device_time_s"] == 1024
    with pytest.raises(UnknownPortError):
        codec.decode_uplink(201, b"\x00", AT)


def test_a_port_the_device_uses_itself_stays_its_own() -> None:
    codec = WithPackages(Ul20xx(), frozenset({202}))
    with pytest.raises(UnknownPortError):
        codec.decode_uplink(202, bytes.fromhex("000101"), AT)


def test_an_unknown_command_says_which() -> None:
    with pytest.raises(UnknownPacketError, match="0x09"):
        clock_sync.decode_uplink(b"\x09")
