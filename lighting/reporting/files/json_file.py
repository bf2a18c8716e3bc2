"""The JSON: the header, every figure and the inputs, for machines. Decimals are text."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

import msgspec

from lighting.reporting import canonical
from lighting.reporting.model import Energy, Figures, ReportHeader

DECIMALS = Decimal("0.000001")


def json_file(header: ReportHeader, figures: Figures, inputs_content: bytes) -> bytes:
    """Canonical JSON; the inputs in it are the very bytes the header's fingerprint is of."""
    return canonical.encode(
        {"report": header, "figures": named(figures), "inputs": msgspec.Raw(inputs_content)}
    )


def named(value: Any) -> Any:
    """Figures as objects with names, decimals to the sixth."""
    if isinstance(value, Energy):
        return {**value._asdict(), "energy_wh": value.energy_wh}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: named(part) for key, part in value._asdict().items()}
    if is_dataclass(value):
        return {one.name: named(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple):
        return [named(part) for part in value]
    if isinstance(value, Decimal):
        return value.quantize(DECIMALS).normalize() + 0
    return value
