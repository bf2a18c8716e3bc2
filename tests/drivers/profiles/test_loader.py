"""A profile that is not written as it must be says where."""

import re
from datetime import datetime, timedelta

import pytest

from drivers import profiles
from drivers.contract import Ability, Decoded, Dims
from drivers.profiles import ProfileError, Quality
from drivers.profiles.codecs import Kind
from drivers.profiles.loader import read_profile

VALID = """
profile: acme/olc
manufacturer: Acme
model: OLC
network: lorawan
codec: {driver: nas_ul20xx}
abilities: [listens, dims]
quality: untested
source: Acme manual, rev. 3
expected_period_s: 900
uplink_ports: [{port: 23, carries: status}]
"""


def test_a_profile_is_read() -> None:
    profile, _ = read_profile("acme/olc", VALID)
    assert profile.abilities == {Ability.LISTENS, Ability.DIMS}
    assert profile.quality is Quality.UNTESTED
    assert profile.expected_period == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("line", "instead", "says"),
    [
        ("model: OLC", "", "missing required field `model`"),
        ("model: OLC", "model: [OLC]", r"Expected `str`, got `array` - at `$.model`"),
        ("quality: untested", "quality: splendid", "splendid"),
        ("abilities: [listens, dims]", "abilities: [listens, sings]", "sings"),
        ("model: OLC", "model: OLC\ncolour: red", "unknown field `colour`"),
        ("nas_ul20xx", "nobody", "codec.driver: driver 'nobody' does not exist"),
        ("nas_ul20xx", "[nas_ul20xx]", "codec.driver: Expected `str`, got `array`"),
        ("{driver: nas_ul20xx}", "{wish: true}", "codec: 'wish' is no kind; write one of: driver"),
        ("{driver: nas_ul20xx}", "{}", "codec has 0 kinds; write one of: driver"),
        ("profile: acme/olc", "profile: acme/other", "the file says 'acme/olc'"),
        ("expected_period_s: 900", "expected_period_s: 0", "must be positive"),
        ("port: 23", "port: status", "$.uplink_ports[0].port"),
        ("model: OLC", "model: 'OLC", "is not YAML"),
    ],
)
def test_a_wrong_profile_says_where(line: str, instead: str, says: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(says)) as raised:
        read_profile("acme/olc", VALID.replace(line, instead))
    assert "acme/olc.yaml" in str(raised.value)


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("type: u9", "codec.layout: Invalid enum value 'u9' - at `$.uplinks.records[0].fields[0]"),
        ("type: u8, unit: W", "Object contains unknown field `unit` - at `$.uplinks.records[0]"),
        ("type: u8, quantity: watts", "Invalid enum value 'watts'"),
        ("type: u8, scale: 0", "codec.layout: uplinks.records[0].fields[0].scale: 0 makes"),
        ("type: bytes", "codec.layout: uplinks.records[0].fields[0].length: bytes need one"),
    ],
)
def test_a_wrong_layout_says_where(field: str, says: str) -> None:
    layout = (
        "{layout: {uplinks: {byte_order: big, ports: [23], records: "
        f"[{{carries: status, fields: [{{{field}}}]}}]}}}}}}"
    )
    text = VALID.replace("{driver: nas_ul20xx}", layout).replace("[listens, dims]", "[listens]")
    with pytest.raises(ProfileError, match=re.escape(says)) as raised:
        read_profile("acme/olc", text)
    assert str(raised.value).startswith("acme/olc.yaml: ")


def test_a_layout_that_shares_records_of_nobody_says_so() -> None:
    layout = "{layout: {uplinks: {byte_order: big, ports: [23], records: [], shared: [acme/all]}}}"
    with pytest.raises(ProfileError, match=r"there is no file acme/all\.records\.yaml"):
        read_profile("acme/olc", VALID.replace("{driver: nas_ul20xx}", layout))


class OnlyListens:
    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        return Decoded([], [], [])


def test_an_ability_the_driver_lacks_is_refused() -> None:
    kinds = {"driver": Kind(str, lambda _name: OnlyListens())}
    with pytest.raises(ProfileError, match="abilities dims: its driver lacks them"):
        read_profile("acme/olc", VALID, kinds)


@pytest.mark.parametrize("name", ["nas/ul9999", "../contract", "nas/ul20xx.frames", ""])
def test_an_unknown_profile_is_told_what_there_is(name: str) -> None:
    with pytest.raises(ProfileError, match="nas/ul20xx"):
        profiles.load(name)


def test_the_driver_of_a_profile_can_dim() -> None:
    driver = profiles.driver("nas/ul20xx")
    assert isinstance(driver, Dims)
    assert driver.set_level(50).payload.hex() == "01fe32"
    assert driver.set_level(50, timedelta(minutes=2)).payload.hex() == "09fe3202"
