"""Frames decoded on a desk, as `reverbere decode` shows them."""

import json
from datetime import UTC, datetime

import pytest

from drivers.errors import DecodeError, MalformedMessageError, UnknownPortError
from drivers.profiles import ProfileError, decode_as_json

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)


def test_usage_is_shown_with_units() -> None:
    assert decode_as_json("nas/ul20xx", 26, "00ff33393000002d005fe7") == {
        "readings": [
            {"quantity": "active_energy_wh", "value": 12345, "unit": "Wh"},
            {"quantity": "active_power_w", "value": 45, "unit": "W"},
            {"quantity": "power_factor", "value": 0.95},
            {"quantity": "supply_voltage_v", "value": 231, "unit": "V"},
        ],
        "events": [],
        "acknowledgements": [],
    }


def test_a_reception_time_given_is_when_usage_was_measured() -> None:
    shown = decode_as_json("nas/ul20xx", 26, bytes.fromhex("00ff022d00"), AT)
    assert shown["readings"] == [
        {
            "quantity": "active_power_w",
            "value": 45,
            "unit": "W",
            "measured_at": "2026-10-24T18:30:00Z",
        }
    ]


def test_a_status_is_dated_by_the_device_itself() -> None:
    shown = decode_as_json("nas/ul20xx", 23, "01f37f205e80023209160000fe501904")
    assert shown["events"] == []
    assert shown["readings"][0] == {
        "quantity": "level_percent",
        "value": 25,
        "unit": "%",
        "measured_at": "2020-01-16T15:23:31Z",
    }
    (flags,) = [each for each in shown["readings"] if each["quantity"] == "status_flags"]
    assert flags["flags"] == ["lamp_on", "relay_closed"]


@pytest.mark.parametrize(
    ("port", "frame", "shown"),
    [
        (
            60,
            "09fe640f",
            {
                "kind": "level",
                "level_percent": 100,
                "address": "dali_broadcast",
                "hold_minutes": 15,
            },
        ),
        (60, "01feff", {"kind": "level", "level_percent": None, "address": "dali_broadcast"}),
        (99, "13320a", {"kind": "refused", "reason": "unsupported_header", "downlink_port": 50}),
        (
            50,
            "2532",
            {
                "kind": "setting",
                "setting": "fallback_dim_config_packet",
                "detail": {"fallback_dimming_level__percent": 50},
            },
        ),
    ],
)
def test_acknowledgements_are_shown(port: int, frame: str, shown: dict[str, object]) -> None:
    assert decode_as_json("nas/ul20xx", port, frame)["acknowledgements"] == [shown]


def test_events_are_shown() -> None:
    shown = decode_as_json("nas/ul20xx", 61, "83200202", AT)
    assert shown["events"] == [
        {
            "kind": "lamp_failure",
            "at": "2026-10-24T18:30:00Z",
            "detail": {"address": "dali_single_1"},
        }
    ]


def test_what_is_shown_is_json() -> None:
    shown = decode_as_json("nas/ul20xx", 60, "00020406020c02")
    assert json.loads(json.dumps(shown)) == shown


def test_what_cannot_be_shown_says_why() -> None:
    with pytest.raises(MalformedMessageError, match="not hexadecimal"):
        decode_as_json("nas/ul20xx", 26, "00f")
    with pytest.raises(UnknownPortError, match="port 7"):
        decode_as_json("nas/ul20xx", 7, "00")
    with pytest.raises(DecodeError, match="needs"):
        decode_as_json("nas/ul20xx", 26, "00ff")
    with pytest.raises(ProfileError, match="does not exist"):
        decode_as_json("nas/ul1", 26, "00")
