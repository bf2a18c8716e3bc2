"""Every published LwM2M body is read as published, and written again to the byte."""

import json
from pathlib import Path as FilePath
from typing import Any

import pytest

from drivers.lwm2m import content, senml, tlv
from drivers.lwm2m.content import Format
from drivers.lwm2m.paths import ROOT, Path, parse_path
from drivers.lwm2m.senml import Record, Scalar

VECTORS = json.loads((FilePath(__file__).parents[2] / "data/vectors/lwm2m.json").read_text())
SENML = [one for one in VECTORS if one.get("content_format") == Format.SENML_CBOR]
JSON = [one for one in VECTORS if one.get("content_format") == Format.SENML_JSON]


def _name(vector: dict[str, Any]) -> str:
    return f"{vector['device']}-{vector.get('hex', '')[:16]}"


def plain(value: Scalar | None) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def test_all_published_bodies_are_here() -> None:
    assert len(VECTORS) == 13


@pytest.mark.parametrize("vector", SENML, ids=_name)
def test_a_senml_cbor_pack_is_read_as_published(vector: dict[str, Any]) -> None:
    records = senml.read_cbor(bytes.fromhex(vector["hex"]))
    if "paths" in vector["expected"]:
        assert [str(one.path) for one in records] == vector["expected"]["paths"]
    else:
        read = {str(one.path): plain(one.value) for one in records}
        assert read == vector["expected"]


@pytest.mark.parametrize("vector", SENML, ids=_name)
def test_a_senml_cbor_pack_is_written_to_the_byte(vector: dict[str, Any]) -> None:
    body = bytes.fromhex(vector["hex"])
    assert senml.write_cbor(senml.read_cbor(body), _base(body)).hex() == vector["hex"]


def _base(body: bytes) -> Path:
    """The base name the publisher chose."""
    first = senml.load_cbor(body)[0]
    return parse_path(first[-2]) if -2 in first else ROOT


@pytest.mark.parametrize("vector", JSON, ids=_name)
def test_a_senml_json_pack_is_read_and_written_as_published(vector: dict[str, Any]) -> None:
    body = json.dumps(vector["message"]).encode()
    records = senml.read_json(body)
    assert {str(one.path): one.value for one in records} == vector["expected"]
    assert json.loads(senml.write_json(records)) == vector["message"]


def test_tlv_of_object_instances_is_read_and_written_as_published() -> None:
    vector = next(one for one in VECTORS if "object_instances" in one["expected"])
    body = bytes.fromhex(vector["hex"])
    entries = tlv.decode(body, Path(9050))
    assert {
        str(path.instance_id): {str(path.resource_id): tlv.integer(raw)} for path, raw in entries
    } == vector["expected"]["object_instances"]
    assert tlv.encode(entries, Path(9050)) == body


def test_tlv_of_the_device_object_is_read_and_written_as_published() -> None:
    vector = next(one for one in VECTORS if one["device"] == "LwM2M TLV /3/0")
    body = bytes.fromhex(vector["hex"])
    device = Path(3, 0)
    read: dict[str, Any] = {}
    for value in content.read(Format.TLV, device, body):
        _, _, resource_id, *rest = value.path.parts
        if rest:
            read.setdefault(str(resource_id), {})[str(rest[0])] = value.value
        else:
            read[str(resource_id)] = value.value
    assert read == vector["expected"]
    values = [(value.path, value.value) for value in content.read(Format.TLV, device, body)]
    assert content.write(Format.TLV, device, values) == body


@pytest.mark.parametrize(
    "vector",
    [one for one in VECTORS if one.get("content_format") == Format.TLV and "derived" in one],
    ids=_name,
)
def test_tlv_of_a_lamp_is_read_and_written_as_published(vector: dict[str, Any]) -> None:
    object_id = int(vector["device"].split("/")[1])
    base, body = Path(object_id, 0), bytes.fromhex(vector["hex"])
    values = content.read(Format.TLV, base, body)
    expected = {int(key.split()[0]): told for key, told in vector["expected"].items()}
    assert {one.path.resource_id: one.value for one in values} == expected
    assert tlv.encode(tlv.decode(body, base), base) == body


def test_old_json_of_lwm2m_1_0_is_read() -> None:
    body = b'{"bn":"/3/0/","bt":1700000000,"e":[{"n":"9","v":95},{"n":"0","sv":"OMA","t":-5}]}'
    assert senml.read_old_json(body, Path(3, 0)) == [
        Record(Path(3, 0, 9), 95, 1700000000),
        Record(Path(3, 0, 0), "OMA", 1699999995),
    ]
    relative = b'{"e":[{"n":"9","v":95}]}'
    assert senml.read_old_json(relative, Path(3, 0)) == [Record(Path(3, 0, 9), 95, None)]
