"""Labels as they are scanned or typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lighting.commissioning.labels import LabelKind, read_label

# The example of LoRa Alliance TR005.
ONBOARDING = (
    "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C"
)


def test_an_onboarding_code_tells_device_vendor_and_serial() -> None:
    label = read_label(ONBOARDING)
    assert label.kind is LabelKind.ONBOARDING
    assert label.address == "aabbccddeeff0011"
    assert label.join_eui == "1122334455667788"
    assert (label.vendor, label.vendor_profile) == ("aabb", "1122")
    assert label.serial == "YYWWNNNNNN"
    assert label.is_checked is True


def test_a_misread_onboarding_code_is_told_by_its_checksum() -> None:
    assert read_label(ONBOARDING.replace("DDEEFF0011", "DDEEFF0010")).is_checked is False


def test_an_onboarding_code_may_end_with_its_profile() -> None:
    label = read_label("LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122")
    assert (label.address, label.is_checked) == ("aabbccddeeff0011", None)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("70B3D5499F000001", id="as printed"),
        pytest.param(" 70b3d5499f000001 ", id="with spaces around"),
        pytest.param("70-B3-D5-49-9F-00-00-01", id="with dashes"),
        pytest.param("70:B3:D5:49:9F:00:00:01", id="with colons"),
        pytest.param("DevEUI: 70B3D5499F000001 JoinEUI: 70B3D5499FFFFFFF", id="among words"),
        pytest.param("SN:6221A123 EUI=70B3D5499F000001", id="beside a serial"),
        pytest.param("https://example.org/d?devEui=70B3D5499F000001", id="in an address"),
    ],
)
def test_a_dev_eui_is_found_however_it_is_written(text: str) -> None:
    label = read_label(text)
    assert (label.kind, label.address) == (LabelKind.DEV_EUI, "70b3d5499f000001")


def test_the_serial_beside_a_dev_eui_is_kept() -> None:
    assert read_label("SN:6221A123 EUI=70B3D5499F000001").serial == "6221A123"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("NAS-2020-004711", "nas-2020-004711"),
        ("S/N: 004711", "004711"),
        ("urn:imei:1", "urn:imei:1"),
    ],
)
def test_anything_else_is_a_serial(text: str, address: str) -> None:
    label = read_label(text)
    assert (label.kind, label.address) == (LabelKind.PLAIN, address)


@given(st.text(max_size=600))
def test_no_text_breaks_the_reader(text: str) -> None:
    label = read_label(text)
    assert label.address == label.address.lower()
