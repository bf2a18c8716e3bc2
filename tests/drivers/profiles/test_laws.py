"""Laws every device profile obeys, and the recorded frames that prove it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from drivers import profiles
from drivers.contract import PROTOCOLS, UNITS, Ability, Quantity
from drivers.errors import DecodeError, TruncatedFrameError, UnknownPortError
from drivers.profiles import Profile, Quality
from drivers.profiles.loader import abilities_of
from drivers.profiles.model import RecordedFrame

ALL = profiles.all_profiles()
FRAMES = [(profile, frame) for profile in ALL for frame in profiles.frames(profile.name)]
AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)

every_profile = pytest.mark.parametrize("profile", ALL, ids=lambda profile: profile.name)


def test_there_are_profiles() -> None:
    assert "nas/ul20xx" in profiles.names()


@pytest.mark.parametrize(
    ("profile", "frame"),
    FRAMES,
    ids=[f"{profile.name}-{frame.port}-{frame.name}" for profile, frame in FRAMES],
)
def test_a_recorded_frame_says_what_the_profile_expects(
    profile: Profile, frame: RecordedFrame
) -> None:
    told = profiles.decode_as_json(profile.name, frame.port, frame.hex)
    values = {_named(reading): reading["value"] for reading in told["readings"]}
    values.pop(Quantity.STATUS_FLAGS, None)
    assert values == frame.expect.readings
    flags = [flag for reading in told["readings"] for flag in reading.get("flags", [])]
    assert flags == frame.expect.flags
    assert [event["kind"] for event in told["events"]] == frame.expect.events
    assert len(told["acknowledgements"]) == len(frame.expect.acknowledgements)
    for got, expected in zip(told["acknowledgements"], frame.expect.acknowledgements, strict=True):
        assert expected.items() <= got.items()
    instants = {reading.get("measured_at") for reading in told["readings"]}
    assert instants <= {frame.expect.measured_at}


def _named(reading: Mapping[str, Any]) -> str:
    """A reading's name in a frame file: its quantity, and its channel where it has one."""
    return " ".join(filter(None, (reading["quantity"], reading.get("channel"))))


@every_profile
def test_claims_and_code_agree(profile: Profile) -> None:
    assert profile.abilities == abilities_of(profiles.driver(profile.name))


@every_profile
def test_a_profile_names_its_source(profile: Profile) -> None:
    assert len(profile.source) > 20
    assert profile.expected_period.total_seconds() >= 60


@every_profile
def test_a_profile_that_says_recorded_has_a_frame_of_each_port(profile: Profile) -> None:
    if profile.quality is Quality.UNTESTED:
        assert profiles.frames(profile.name) == ()
        return
    recorded = {frame.port for frame in profiles.frames(profile.name)}
    assert recorded == {uplink.port for uplink in profile.uplink_ports}


@every_profile
def test_ports_of_the_profile_are_those_the_driver_hears(profile: Profile) -> None:
    driver = profiles.driver(profile.name)
    heard = set()
    for port in range(1, 1 << 16):  # LoRaWAN ends at 223, objects of LwM2M at 65535
        try:
            driver.decode_uplink(port, b"", AT)
        except UnknownPortError:
            continue
        except TruncatedFrameError:
            heard.add(port)
    assert heard == {uplink.port for uplink in profile.uplink_ports}


@every_profile
def test_frames_are_named_once_and_tell_where_they_come_from(profile: Profile) -> None:
    seen = [(frame.port, frame.hex) for frame in profiles.frames(profile.name)]
    assert len(seen) == len(set(seen))
    assert all(frame.recorded for frame in profiles.frames(profile.name))


@every_profile
def test_a_lamp_counts_as_lit_above_what_the_meter_resolves(profile: Profile) -> None:
    if profile.power is not None:
        assert profile.power.lit_power_w_min > profile.power.resolution_w
        assert profile.power.reason


def test_every_quantity_has_a_unit_or_none_for_a_reason() -> None:
    without = {quantity for quantity in Quantity if quantity not in UNITS}
    assert without == {
        Quantity.POWER_FACTOR,
        Quantity.STATUS_FLAGS,
        Quantity.INPUT_ON,
        Quantity.OUTPUT_ON,
        Quantity.PULSE_COUNT,
    }


def test_every_ability_has_its_protocol() -> None:
    assert set(PROTOCOLS) == set(Ability)


def test_an_unreadable_frame_is_refused_by_every_driver() -> None:
    for profile in ALL:
        with pytest.raises(DecodeError):
            profiles.driver(profile.name).decode_uplink(222, b"\x00", AT)
