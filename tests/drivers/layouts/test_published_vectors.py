"""Every published frame of a layout is read as published, every published order written so."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drivers import profiles
from drivers.contract import Decoded, PortFrame
from tests.drivers.layouts.published_names import of_comtac, of_milesight, of_sls

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/layouts.json").read_text())
UPLINKS = [vector for vector in VECTORS if vector["kind"] == "lorawan-uplink"]
DOWNLINKS = [vector for vector in VECTORS if vector["kind"] == "lorawan-downlink"]
AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)

IN_PUBLISHED_NAMES: Mapping[str, Callable[[Decoded], dict[str, Any]]] = {
    "milesight": of_milesight,
    "sls": of_sls,
    "comtac": of_comtac,
}
# Published names of the settings of Milesight devices: ours, and their values.
SETTINGS: Mapping[str, tuple[str, Callable[[Any], dict[str, int]]]] = {
    "reboot": ("reboot", lambda _: {}),
    "report_status": ("report_status", lambda _: {}),
    "report_interval": ("report_interval", lambda seconds: {"interval_s": seconds}),
    "power_consumption_enable": ("power_metering", lambda word: {"is_on": int(word == "enable")}),
}


def name_of(vector: dict[str, Any]) -> str:
    return f"{vector['profile']}-{vector['hex'][:24]}"


def test_all_published_frames_are_here() -> None:
    assert (len(UPLINKS), len(DOWNLINKS)) == (14, 18)


@pytest.mark.parametrize("vector", UPLINKS, ids=name_of)
def test_a_published_frame_is_read_as_published(vector: dict[str, Any]) -> None:
    codec = profiles.listener(vector["profile"])
    decoded = codec.decode_uplink(vector.get("fport", 1), bytes.fromhex(vector["hex"]), AT)
    maker, _, model = vector["profile"].partition("/")
    said = IN_PUBLISHED_NAMES[maker](decoded)
    if model == "ws558":  # calls the same value by another name
        said["total_current"] = said.pop("current")
    expected = dict(vector["expected"])
    if "dimmer" in expected:  # a level is a whole percent with us
        expected["dimmer"] = str(round(float(expected["dimmer"])))
    assert said == expected


@pytest.mark.parametrize("vector", DOWNLINKS, ids=name_of)
def test_a_published_order_is_written_as_published(vector: dict[str, Any]) -> None:
    written = ordered(profiles.driver(vector["profile"]), vector["expected"])
    assert written == PortFrame(vector["fport"], bytes.fromhex(vector["hex"]))


def ordered(codec: Any, said: dict[str, Any]) -> PortFrame:
    """The order a published object stands for."""
    (name, value), *others = said.items()
    if name == "command":
        return codec.set_level(said["level_percent"])
    if name in SETTINGS:
        setting, values = SETTINGS[name]
        return codec.write_setting(setting, values(value))
    if not others:
        channel = {"switch": "SW", "gpio_output": "DO"}[name[:-2]] + name[-1]
        return codec.switch_output(value == "on", channel)
    mask = sum(1 << (int(switch[-1]) - 1) for switch in said)
    states = sum(1 << (int(switch[-1]) - 1) for switch, word in said.items() if word == "on")
    return codec.write_setting("switches", {"mask": mask, "states": states})
