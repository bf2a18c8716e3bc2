"""Layouts written in a few lines, as the YAML of a profile holds them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import yaml

from drivers.contract import Decoded
from drivers.layouts import Layout, Library, Record, compile_layout

AT = datetime(2026, 10, 24, 18, 30, tzinfo=UTC)


def no_shared_records(name: str) -> Sequence[Record]:
    raise ValueError(f"there is no {name}")


def compiled(text: str) -> Any:
    """The codec of a layout written as YAML."""
    layout = msgspec.convert(yaml.safe_load(text), Layout)
    return compile_layout(layout, Library(no_shared_records, {}))


def one_record(fields: str, more: str = "") -> Any:
    """The codec of a device with one record, on port 1, most significant byte first."""
    record = f"{{carries: a record, fields: {fields}{more}}}"
    return compiled(f"uplinks: {{byte_order: big, ports: [1], records: [{record}]}}")


def read(codec: Any, frame: str, port: int = 1) -> Decoded:
    decoded = codec.decode_uplink(port, bytes.fromhex(frame), AT)
    assert isinstance(decoded, Decoded)
    return decoded


def values(codec: Any, frame: str) -> list[float | int]:
    """The values a frame measures."""
    return [reading.value for reading in read(codec, frame).readings]
