"""Every published NAS frame is read as published, and written again to the byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.lorawan.nas import Firmware, decode_packet, encode_packet

VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/nas.json").read_text())
DOWNLINKS = [vector for vector in VECTORS if vector["kind"] == "lorawan-downlink"]

# Bit 4 of its flags has no published name: written from names alone it is 0, as in the
# vendor's own encoder.
HOLDS_UNNAMED_BIT = "280113fe64ff00007800"


def _name(vector: dict[str, Any]) -> str:
    return f"{vector.get('firmware', '1.1.x')}-{vector['fport']}-{vector['hex'][:24]}"


def _firmware(vector: dict[str, Any]) -> Firmware:
    return Firmware(vector.get("firmware", "1.1.x"))


def test_all_published_frames_are_here() -> None:
    assert len(VECTORS) == 108
    assert len(DOWNLINKS) == 72


@pytest.mark.parametrize("vector", VECTORS, ids=_name)
def test_a_published_frame_is_read_as_published(vector: dict[str, Any]) -> None:
    packet = decode_packet(vector["fport"], bytes.fromhex(vector["hex"]), _firmware(vector))
    if _firmware(vector) is Firmware.V0_6:
        assert packet.fields == vector["expected"]
    else:
        read = {"data": packet.fields, "errors": packet.errors, "warnings": packet.warnings}
        assert read == vector["expected"]


@pytest.mark.parametrize("vector", DOWNLINKS, ids=_name)
def test_a_published_downlink_is_written_to_the_byte(vector: dict[str, Any]) -> None:
    if vector["hex"] == HOLDS_UNNAMED_BIT:
        return  # the next test writes it from what was read
    written = encode_packet(vector["fport"], vector["expected"]["data"], _firmware(vector))
    assert written.hex() == vector["hex"]


@pytest.mark.parametrize("vector", DOWNLINKS, ids=_name)
def test_a_downlink_read_is_written_again_to_the_byte(vector: dict[str, Any]) -> None:
    frame = bytes.fromhex(vector["hex"])
    packet = decode_packet(vector["fport"], frame, _firmware(vector))
    assert encode_packet(vector["fport"], packet.fields, _firmware(vector)) == frame
