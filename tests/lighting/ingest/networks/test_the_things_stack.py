"""The envelope of The Things Stack: uplinks, notes, and what became of our orders."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drivers.contract import Frame
from drivers.errors import MalformedMessageError
from lighting.ingest.model import DownlinkReport, NetworkNote, Uplink
from lighting.ingest.networks import READERS, TheThingsStack

VECTORS = json.loads((Path(__file__).parents[3] / "data/vectors/the_things_stack.json").read_text())
FULL = [vector for vector in VECTORS if vector.get("derived")]
NOW = datetime(2026, 11, 20, 21, 0, 2, tzinfo=UTC)


def read(topic: str, message: Any) -> Uplink | NetworkNote | DownlinkReport | None:
    return TheThingsStack().read(Frame(topic, json.dumps(message).encode(), NOW))


@pytest.mark.parametrize("vector", FULL, ids=lambda one: one["expected"]["event"])
def test_a_message_says_what_it_is_about(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    said = read(vector["topic"], vector["message"])
    match said:
        case Uplink():
            assert said == Uplink(
                expected["address"],
                datetime.fromisoformat(expected["at"]),
                expected["port"],
                bytes.fromhex(expected["hex"]),
                expected["rssi_dbm"],
                expected["snr_db"],
                expected["gateway"],
            )
        case NetworkNote():
            assert (said.address, said.kind) == (expected["address"], expected["note"])
        case DownlinkReport():
            assert (said.queue_item_id, said.outcome) == (expected["order"], expected["outcome"])
            assert said.reason == expected.get("reason", said.reason)
        case None:
            assert expected["event"] in ("queued", "normalized")


def test_every_kind_of_message_has_an_example() -> None:
    assert len({vector["topic"].split("/", 4)[4] for vector in FULL}) == 11


def test_an_instant_never_set_is_that_of_reception() -> None:
    said = read(
        "v3/lights/devices/olc-12/join",
        {
            "end_device_ids": {"device_id": "olc-12", "dev_eui": "70B3D50000000001"},
            "join_accept": {"received_at": "0001-01-01T00:00:00Z"},
        },
    )
    assert isinstance(said, NetworkNote)
    assert said.at == NOW


def test_an_uplink_without_dev_eui_cannot_be_anyones() -> None:
    with pytest.raises(MalformedMessageError, match="no dev_eui"):
        read(
            "v3/lights/devices/olc-12/up",
            {"end_device_ids": {"device_id": "olc-12"}, "uplink_message": {"f_port": 24}},
        )


def test_a_downlink_of_another_application_is_not_ours() -> None:
    said = read(
        "v3/lights/devices/olc-12/down/sent",
        {
            "end_device_ids": {"device_id": "olc-12", "dev_eui": "70B3D50000000001"},
            "downlink_sent": {"correlation_ids": ["elsewhere:1"]},
        },
    )
    assert said is None


def test_a_network_is_named_after_its_application() -> None:
    frame = Frame("v3/lights@ttn/devices/olc-12/up", b"{}", NOW + timedelta(seconds=1))
    assert READERS["tts"].name_of(frame) == "tts:lights@ttn"
