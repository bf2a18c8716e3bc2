"""Laws every device profile obeys, and the recorded frames that prove it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from drivers import profiles
from drivers.contract import PROTOCOLS, UNITS, Ability, LevelEcho, PortFrame, Quantity, SettingEcho
from drivers.errors import DecodeError, EncodeError, TruncatedFrameError, UnknownPortError
from drivers.layouts import Layout
from drivers.profiles import Profile, ProfileError, Quality
from drivers.profiles.loader import abilities_of
from drivers.profiles.model import RecordedFrame, RecordedOrder
from drivers.quantities import is_possible

ALL = profiles.all_profiles()
LISTENING = [profile for profile in ALL if Ability.LISTENS in profile.abilities]
FRAMES = [(profile, frame) for profile in ALL for frame in profiles.frames(profile.name)]
ORDERS = [(profile, order) for profile in ALL for order in profiles.orders(profile.name)]
ECHOED = [(profile, order) for profile, order in ORDERS if order.echoed]
DIMMING = [profile for profile, order in ECHOED if "set_level" in order.order]
AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)

every_profile = pytest.mark.parametrize("profile", ALL, ids=lambda profile: profile.name)
every_listener = pytest.mark.parametrize("profile", LISTENING, ids=lambda profile: profile.name)


def every_order(orders: list[tuple[Profile, RecordedOrder]]) -> pytest.MarkDecorator:
    names = [f"{profile.name}-{order.name}" for profile, order in orders]
    return pytest.mark.parametrize(("profile", "order"), orders, ids=names)


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


@pytest.mark.parametrize(
    ("profile", "frame"),
    FRAMES,
    ids=[f"{profile.name}-{frame.port}-{frame.name}" for profile, frame in FRAMES],
)
def test_what_a_recorded_frame_measures_is_possible(profile: Profile, frame: RecordedFrame) -> None:
    codec = profiles.listener(profile.name)
    decoded = codec.decode_uplink(frame.port, bytes.fromhex(frame.hex), AT)
    assert [reading for reading in decoded.readings if not is_possible(reading)] == []


@every_order(ORDERS)
def test_a_published_order_is_written_to_the_byte(profile: Profile, order: RecordedOrder) -> None:
    assert ordered(profile, order) == PortFrame(order.port, bytes.fromhex(order.hex))


def ordered(profile: Profile, order: RecordedOrder) -> PortFrame:
    """What the codec writes when it is asked for the order."""
    ((method, arguments),) = order.order.items()
    written = getattr(profiles.driver(profile.name), method)(**arguments)
    assert isinstance(written, PortFrame)
    return written


@every_order(ECHOED)
def test_an_order_the_device_repeats_is_known_again(profile: Profile, order: RecordedOrder) -> None:
    codec = profiles.listener(profile.name)
    decoded = codec.decode_uplink(order.port, bytes.fromhex(order.hex), AT)
    (echo,) = decoded.acknowledgements
    ((method, arguments),) = order.order.items()
    if method == "set_level":
        assert isinstance(echo, LevelEcho)
        assert echo.level_percent == arguments["level_percent"]
        return
    assert isinstance(echo, SettingEcho)
    if method == "write_setting":
        assert echo.setting == arguments["setting"]
        assert arguments["values"].items() <= echo.detail.items()


@pytest.mark.parametrize("profile", DIMMING, ids=lambda profile: profile.name)
def test_every_level_is_echoed_as_it_was_ordered(profile: Profile) -> None:
    codec: Any = profiles.driver(profile.name)
    for level_percent in range(101):
        order = codec.set_level(level_percent)
        (echo,) = codec.decode_uplink(*order, AT).acknowledgements
        assert echo.level_percent == level_percent
    for level_percent in (-1, 101):
        with pytest.raises(EncodeError):
            codec.set_level(level_percent)


def test_a_device_that_repeats_its_levels_is_among_them() -> None:
    assert "nas/ul20xx" in {profile.name for profile in DIMMING}


@every_profile
def test_an_output_that_is_switched_is_told_by_the_device(profile: Profile) -> None:
    """Else nobody could prove the order."""
    layout = profile.codec.content
    if not isinstance(layout, Layout) or layout.downlinks is None or layout.uplinks is None:
        return
    fields = [field for record in layout.uplinks.records for field in record.fields]
    said = [bit for field in fields for bit in field.bits.values()]
    told = {bit.channel for bit in said if bit.quantity is Quantity.OUTPUT_ON}
    assert told >= layout.downlinks.outputs.keys()
    assert told or not layout.downlinks.all_outputs


@every_profile
def test_what_dims_refuses_what_is_no_level(profile: Profile) -> None:
    if Ability.DIMS in profile.abilities:
        dimmer: Any = profiles.driver(profile.name)
        for level_percent in (-1, 101, 1000):
            with pytest.raises(EncodeError):
                dimmer.set_level(level_percent)


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
    ports = {uplink.port for uplink in profile.uplink_ports}
    assert recorded == ports or (ports == {"any"} and recorded)


def test_a_device_nobody_can_read_says_so() -> None:
    deaf = [profile for profile in ALL if Ability.LISTENS not in profile.abilities]
    assert "zenopix/dali-controller" in {profile.name for profile in deaf}
    for profile in deaf:
        assert profile.uplink_ports == ()
        with pytest.raises(ProfileError, match="not published"):
            profiles.listener(profile.name)


@every_listener
def test_ports_of_the_profile_are_those_the_driver_hears(profile: Profile) -> None:
    driver = profiles.listener(profile.name)
    heard: set[int | str] = set()
    for port in range(1, 1 << 16):  # LoRaWAN ends at 223, objects of LwM2M at 65535
        try:
            driver.decode_uplink(port, b"", AT)
        except UnknownPortError:
            continue
        except TruncatedFrameError:
            heard.add(port)
    ports = {uplink.port for uplink in profile.uplink_ports}
    assert heard == (set(range(1, 224)) if ports == {"any"} else ports)


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


# What is a share of one, a set of flags, a contact or a count has no unit.
UNITLESS = ("_factor", "_flags", "_on", "_occupied", "_count")


def test_every_quantity_has_a_unit_or_none_for_a_reason() -> None:
    for quantity in Quantity:
        assert (quantity in UNITS) != quantity.endswith(UNITLESS), quantity


def test_every_ability_has_its_protocol() -> None:
    assert set(PROTOCOLS) == set(Ability)


def test_an_unreadable_frame_is_refused_by_every_driver() -> None:
    for profile in LISTENING:
        with pytest.raises(DecodeError):
            profiles.listener(profile.name).decode_uplink(222, b"\x00", AT)
