"""The envelope of The Things Stack: uplinks, notes, and what became of our orders."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Frame
from drivers.errors import DecodeError, MalformedMessageError
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


@pytest.mark.parametrize("at", ["2026-11-20T21:00:00", "9999-12-31T23:59:59-23:59"])
def test_an_instant_that_is_none_is_refused(at: str) -> None:
    ids = {"device_id": "olc-12", "dev_eui": "70B3D50000000001"}
    with pytest.raises(MalformedMessageError, match="no instant"):
        read(
            "v3/a/devices/olc-12/join", {"end_device_ids": ids, "join_accept": {"received_at": at}}
        )


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places in a message."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, each in inside:
        found.append((*path, key))
        if isinstance(each, dict | list):
            found += leaves(each, (*path, key))
    return found


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.datetimes().map(lambda at: at.isoformat() + "Z"),
    st.just({}),
    st.just([]),
)


@given(st.sampled_from(FULL), st.data())
def test_a_damaged_message_is_read_or_refused(vector: dict[str, Any], data: st.DataObject) -> None:
    message = json.loads(json.dumps(vector["message"]))
    *way, last = data.draw(st.sampled_from(leaves(message)))
    place = message
    for key in way:
        place = place[key]
    place[last] = data.draw(junk)
    try:
        said = read(vector["topic"], message)
    except DecodeError:
        return
    assert said is None or said.at.tzinfo is not None


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
