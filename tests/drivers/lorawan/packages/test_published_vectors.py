"""Every published frame of the packages is read, and written again to the byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.lorawan.packages import clock_sync, multicast_setup
from drivers.lorawan.packages.clock_sync import (
    AppTimeAns,
    AppTimeReq,
    ForceResyncReq,
    PeriodicityAns,
    PeriodicityReq,
)
from drivers.lorawan.packages.multicast_setup import (
    ClassCSessionAns,
    ClassCSessionReq,
    GroupDeleteAns,
    GroupDeleteReq,
    GroupSetupAns,
    GroupSetupReq,
    GroupStatusAns,
    GroupStatusReq,
    HeldGroup,
)

VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/lorawan_packages.json").read_text())
PACKAGES = {202: clock_sync, 200: multicast_setup}


def meant(port: int, told: dict[str, Any]) -> Any:
    """The command a vector describes in its source's names."""
    package = PACKAGES[port]
    match told["cmd"]:
        case "PackageVersionReq":
            return package.PackageVersionReq()
        case "PackageVersionAns":
            return package.PackageVersionAns(told["package_identifier"], told["package_version"])
        case "AppTimeReq":
            return AppTimeReq(told["device_time"], told["token_req"], told["ans_required"])
        case "AppTimeAns":
            return AppTimeAns(told["time_correction"], told["token_ans"])
        case "DeviceAppTimePeriodicityReq":
            return PeriodicityReq(told["period"])
        case "DeviceAppTimePeriodicityAns":
            return PeriodicityAns(not told["not_supported"], told["time"])
        case "ForceDeviceResyncReq":
            return ForceResyncReq(told["nb_transmissions"])
        case _:
            return meant_for_a_group(told)


def meant_for_a_group(told: dict[str, Any]) -> Any:
    group = told.get("mc_group_id", 0)
    match told["cmd"]:
        case "McGroupStatusReq":
            return GroupStatusReq(tuple(told["groups"]))
        case "McGroupStatusAns":
            held = (HeldGroup(one["mc_group_id"], one["mc_addr"]) for one in told["items"])
            return GroupStatusAns(told["nb_total_groups"], tuple(told["ans_groups"]), tuple(held))
        case "McGroupSetupReq":
            key = bytes.fromhex(told["mc_key_encrypted"])
            return GroupSetupReq(
                group, told["mc_addr"], key, told["min_mc_f_count"], told["max_mc_f_count"]
            )
        case "McGroupSetupAns":
            return GroupSetupAns(group, told["id_error"])
        case "McGroupDeleteReq":
            return GroupDeleteReq(group)
        case "McGroupDeleteAns":
            return GroupDeleteAns(group, told["mc_group_undefined"])
        case "McClassCSessionReq":
            return ClassCSessionReq(
                group, told["session_time"], told["time_out"], told["dl_frequ"], told["dr"]
            )
        case "McClassCSessionAns":
            return ClassCSessionAns(
                group,
                told.get("time_to_start"),
                told["dr_error"],
                told["freq_error"],
                told["mc_group_undefined"],
            )
    raise AssertionError(told)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["expected"]["cmd"])
def test_a_published_frame_is_read_and_written(vector: dict[str, Any]) -> None:
    package = PACKAGES[vector["fport"]]
    frame = bytes.fromhex(vector["hex"])
    command = meant(vector["fport"], vector["expected"])
    if vector["kind"] == "lorawan-uplink":
        assert package.decode_uplink(frame) == [command]
        assert package.encode_uplink(command) == (vector["fport"], frame)
    else:
        assert package.decode_downlink(frame) == [command]
        assert package.encode_downlink(command) == (vector["fport"], frame)


def test_there_are_vectors_of_both_packages() -> None:
    assert {vector["fport"] for vector in VECTORS} == set(PACKAGES)
    assert len(VECTORS) >= 16
