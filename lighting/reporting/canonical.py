"""Canonical JSON: sorted keys, no spaces, decimals as text. The same facts, the same bytes."""

import hashlib
from typing import Any

import msgspec

from lighting.reporting.model import ReportInputs


def encode(value: Any) -> bytes:
    """Canonical bytes of values made of dataclasses, tuples, dates, decimals and text."""
    return msgspec.json.encode(value, order="sorted")


def decode_inputs(content: bytes) -> ReportInputs:
    """The inputs behind canonical bytes."""
    return msgspec.json.decode(content, type=ReportInputs)


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()
