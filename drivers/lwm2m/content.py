"""What a body in any of LwM2M's content formats holds: values, each with its place and instant."""

import math
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from drivers.errors import DecodeError, EncodeError, InvalidValueError
from drivers.lwm2m import senml, tlv
from drivers.lwm2m.objects import Kind, kind_of
from drivers.lwm2m.paths import Path
from drivers.lwm2m.senml import Record, Scalar

BODY_BYTES_MAX = 64 * 1024


class Format(IntEnum):
    """CoAP content formats LwM2M speaks (IANA CoRE parameters; OMA TS Core 1.1, 7.4)."""

    TEXT = 0
    LINKS = 40
    OPAQUE = 42
    CBOR = 60
    SENML_JSON = 110
    SENML_CBOR = 112
    TLV = 11542
    OLD_JSON = 11543


# Numbers some LwM2M 1.0 devices used before theirs were registered.
_EARLY_FORMATS = {1541: Format.TEXT, 1542: Format.TLV, 1543: Format.OLD_JSON}


class UnknownFormatError(DecodeError):
    """A body in a content format nobody here reads."""

    code = "content_format_unknown"


class Value(NamedTuple):
    """What a resource holds; of a resource we do not know, the bytes as they came."""

    path: Path
    value: Scalar
    epoch_s: float | None


def format_of(number: int) -> Format:
    """The content format of a number; raises `DecodeError`."""
    try:
        return Format(_EARLY_FORMATS.get(number, number))
    except ValueError as error:
        raise UnknownFormatError(f"content format {number}") from error


def read(form: int, base: Path, body: bytes) -> list[Value]:
    """Every value of `body`, which is about `base`; raises `DecodeError`."""
    if len(body) > BODY_BYTES_MAX:
        raise InvalidValueError(f"{len(body)} bytes; {BODY_BYTES_MAX} at most")
    match format_of(form):
        case Format.TLV:
            return [
                Value(path, _from_bytes(path, raw), None) for path, raw in tlv.decode(body, base)
            ]
        case Format.SENML_CBOR:
            return _checked(senml.read_cbor(body))
        case Format.SENML_JSON:
            return _checked(senml.read_json(body))
        case Format.OLD_JSON:
            return _checked(senml.read_old_json(body, base))
        case Format.TEXT:
            return [Value(_single(base), _from_text(base, body), None)]
        case Format.OPAQUE:
            return [Value(_single(base), body, None)]
        case Format.CBOR:
            return _checked([Record(_single(base), senml.load_cbor(body), None)])
        case other:
            raise UnknownFormatError(f"{other.name} holds no values")


def _single(base: Path) -> Path:
    if base.depth < 3:
        raise InvalidValueError(f"one value for {base}, which holds many")
    return base


def _from_bytes(path: Path, raw: bytes) -> Scalar:
    match kind_of(path.object_id, path.resource_id):
        case Kind.INTEGER | Kind.TIME:
            return tlv.integer(raw)
        case Kind.FLOAT:
            return tlv.floating(raw)
        case Kind.BOOLEAN:
            return tlv.boolean(raw)
        case Kind.STRING:
            return _text(raw)
        case _:
            return raw


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidValueError(f"text: {error}") from error


def _from_text(path: Path, body: bytes) -> Scalar:
    text = _text(body).strip()
    kind = kind_of(path.object_id, path.resource_id)
    try:
        match kind:
            case Kind.INTEGER | Kind.TIME:
                return int(text)
            case Kind.FLOAT:
                return float(text)
            case Kind.BOOLEAN:
                return {"0": False, "1": True}[text]
            case _:
                return text
    except (ValueError, KeyError) as error:
        raise InvalidValueError(f"{text[:40]!r} is no {kind.value if kind else ''}") from error


def _checked(records: Iterable[Record]) -> list[Value]:
    values = []
    for record in records:
        value = record.value
        if value is None:
            raise InvalidValueError(f"{record.path} has no value")
        if record.path.depth < 3:
            raise InvalidValueError(f"{record.path} is no resource")
        if record.epoch_s is not None and not math.isfinite(record.epoch_s):
            raise InvalidValueError(f"the time of {record.path} is no number")
        kind = kind_of(record.path.object_id, record.path.resource_id)
        values.append(Value(record.path, _of_kind(record.path, value, kind), record.epoch_s))
    return values


_NUMBERS = (int, float)


def _of_kind(path: Path, value: Scalar, kind: Kind | None) -> Scalar:
    match kind:
        case Kind.INTEGER | Kind.TIME if type(value) is float and value.is_integer():
            return int(value)
        case Kind.INTEGER | Kind.TIME:
            fits = type(value) is int
        case Kind.FLOAT:
            fits = type(value) in _NUMBERS
        case Kind.BOOLEAN:
            fits = type(value) is bool
        case Kind.STRING:
            fits = type(value) is str
        case Kind.OPAQUE:
            fits = type(value) is bytes
        case None:
            fits = isinstance(value, str | bytes | int | float)
    if not fits:
        raise InvalidValueError(f"{path} holds a {type(value).__name__}")
    return value


def write(form: int, base: Path, values: Sequence[tuple[Path, Scalar]]) -> bytes:
    """Values below `base` as a body; raises `EncodeError`."""
    match form:
        case Format.TLV:
            return tlv.encode([(path, _to_bytes(path, value)) for path, value in values], base)
        case Format.SENML_CBOR:
            return senml.write_cbor([Record(path, value, None) for path, value in values], base)
        case Format.SENML_JSON:
            return senml.write_json([Record(path, value, None) for path, value in values], base)
        case _:
            raise EncodeError(f"content format {form} is not written")


def _to_bytes(path: Path, value: Scalar) -> bytes:
    match value:
        case bool():
            return b"\x01" if value else b"\x00"
        case bytes():
            return value
        case str():
            return value.encode()
        case int() if kind_of(path.object_id, path.resource_id) is not Kind.FLOAT:
            return tlv.integer_bytes(value)
        case _:
            return tlv.float_bytes(float(value))
