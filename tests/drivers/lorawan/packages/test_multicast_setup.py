"""Groups are set up with the keys of the specification, and what does not fit is refused."""

from datetime import UTC, datetime

import pytest

from drivers.errors import DecodeError, EncodeError
from drivers.lorawan.packages import keys, multicast_setup
from drivers.lorawan.packages.gps_time import gps_seconds
from drivers.lorawan.packages.multicast_setup import (
    ClassCSessionAns,
    GroupSetupReq,
    class_c_session,
)

KEY = bytes(range(1, 17))
ADDRESS = "01020304"
AT = datetime(2026, 11, 21, 22, tzinfo=UTC)


def beginning(first: int) -> bytes:
    return bytes((first, *range(2, 17)))


def test_keys_are_those_of_the_published_tests() -> None:
    """chirpstack/chirpstack, lrwn/src/applayer/multicastsetup/v1.rs, its tests."""
    assert keys.root_key(beginning(3)).hex() == "55344e82570eaec8bf03b99962d1f445"
    assert keys.root_key_1_1(beginning(2)).hex() == "264fd859583fcc670241ac071cc9f5bb"
    assert keys.transport_key(beginning(4)).hex() == "9083bebf704257883160dbfcde33ad71"
    assert keys.app_session_key(KEY, ADDRESS).hex() == "95cb4518ee375606735bbacbdce837fa"
    assert keys.network_session_key(KEY, ADDRESS).hex() == "c3f6b388bad6c000b23291ad52c11c7b"
    wrapped = keys.encrypted_group_key(b"\x01" * 16, b"\x02" * 16)
    assert wrapped.hex() == "3437d6e231d702419b51b4947271b611"


def test_a_session_is_asked_for_in_gps_time() -> None:
    asked = class_c_session(1, AT, 8, 869_525_000, 3)
    frame = multicast_setup.encode_downlink(asked)
    assert asked.starts_at_s == gps_seconds(AT)
    assert multicast_setup.decode_downlink(frame.payload) == [asked]
    assert frame.port == 200


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(class_c_session(4, AT, 8, 869_525_000, 3), id="no such group"),
        pytest.param(class_c_session(1, AT, 16, 869_525_000, 3), id="session too long"),
        pytest.param(class_c_session(1, AT, 8, 869_525_050, 3), id="between frequency steps"),
        pytest.param(GroupSetupReq(1, ADDRESS, KEY[:15], 0, 1), id="key too short"),
        pytest.param(GroupSetupReq(1, "0102", KEY, 0, 1), id="address too short"),
        pytest.param(GroupSetupReq(1, "zz", KEY, 0, 1), id="address not hexadecimal"),
        pytest.param(GroupSetupReq(1, ADDRESS, KEY, 2, 1), id="counters crossed"),
    ],
)
def test_what_does_not_fit_is_refused(
    asked: GroupSetupReq | multicast_setup.ClassCSessionReq,
) -> None:
    with pytest.raises(EncodeError):
        multicast_setup.encode_downlink(asked)


@pytest.mark.parametrize("frame", ["0402", "04020004", "012300", "02"])
def test_a_damaged_answer_is_refused(frame: str) -> None:
    with pytest.raises(DecodeError):
        multicast_setup.decode_uplink(bytes.fromhex(frame))


def test_a_refused_session_says_no_time() -> None:
    refused = ClassCSessionAns(0, is_frequency_refused=True)
    frame = multicast_setup.encode_uplink(refused)
    assert frame.payload.hex() == "0408"
    assert multicast_setup.decode_uplink(frame.payload) == [refused]
