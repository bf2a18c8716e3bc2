"""SenML as LwM2M 1.1 uses it, in JSON (content format 110) and CBOR (112); the older JSON of
LwM2M 1.0 (11543) is read too.

Source: RFC 8428 (names and times are a base and a rest; a time below 2^28 counts from now), OMA
LightweightM2M TS Core 1.1, 7.4.4 to 7.4.6 and, for 11543, TS 1.0, 6.4.4.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import cbor2
import msgspec
from msgspec import Struct

from drivers.errors import InvalidValueError, MalformedMessageError
from drivers.lwm2m.paths import ROOT, Path, parse_path

RECORDS_MAX = 2000

Scalar: TypeAlias = int | float | str | bool | bytes


class Record(NamedTuple):
    """One value and its place; `epoch_s` is None when the sender gave no time, and counts from
    now when it is below 2^28. A record of a question has no value."""

    path: Path
    value: Scalar | None
    epoch_s: float | None


class _JsonRecord(Struct, frozen=True):
    bn: str = ""
    bt: float = 0
    bv: float = 0
    n: str = ""
    t: float | None = None
    v: int | float | None = None
    vs: str | None = None
    vb: bool | None = None
    vd: str | None = None
    vlo: str | None = None


class _OldJsonRecord(Struct, frozen=True):
    n: str = ""
    t: float | None = None
    v: int | float | None = None
    sv: str | None = None
    bv: bool | None = None
    ov: str | None = None


class _OldJson(Struct, frozen=True):
    e: list[_OldJsonRecord]
    bn: str = ""
    bt: float = 0


_json = msgspec.json.Decoder(list[_JsonRecord])
_old_json = msgspec.json.Decoder(_OldJson)
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

# Labels of SenML-CBOR (RFC 8428, table 4); "vlo" is LwM2M's own.
_BASE_NAME, _BASE_TIME, _BASE_VALUE = -2, -3, -5
_NAME, _VALUE, _STRING, _BOOLEAN, _TIME, _BYTES = 0, 2, 3, 4, 6, 8
_LINK = "vlo"


class _Bases:
    """What the records before have set for those that follow."""

    def __init__(self) -> None:
        self.name = ""
        self.time = 0.0
        self.value: float = 0
        self.has_time = False

    def place(self, rest: str) -> Path:
        return parse_path(self.name + rest)

    def moment(self, rest: float | None) -> float | None:
        if rest is None and not self.has_time:
            return None
        return self.time + (rest or 0)


def read_json(body: bytes) -> list[Record]:
    """The records of a SenML-JSON pack; raises `DecodeError`."""
    try:
        pack = _json.decode(body)
    except _MALFORMED as error:
        raise MalformedMessageError(f"SenML-JSON: {error}") from error
    bases = _Bases()
    records = []
    for one in _bounded(pack):
        bases.name = one.bn or bases.name
        if one.bt:
            bases.time, bases.has_time = one.bt, True
        bases.value = one.bv or bases.value
        value = _one_value(one.v, one.vs, one.vb, _from_base64(one.vd, padded=False), one.vlo)
        records.append(Record(bases.place(one.n), _added(value, bases.value), bases.moment(one.t)))
    return records


def read_old_json(body: bytes, base: Path) -> list[Record]:
    """The values of LwM2M 1.0's JSON; without a base name they belong to `base`."""
    try:
        pack = _old_json.decode(body)
    except _MALFORMED as error:
        raise MalformedMessageError(f"LwM2M JSON: {error}") from error
    bases = _Bases()
    bases.name = pack.bn or str(base)
    bases.time, bases.has_time = pack.bt, bool(pack.bt)
    records = []
    for one in _bounded(pack.e):
        joint = "/" if one.n and not bases.name.endswith("/") and one.n[0] != "/" else ""
        value = _one_value(one.v, one.sv, one.bv, _from_base64(one.ov, padded=True), None)
        records.append(Record(bases.place(joint + one.n), value, bases.moment(one.t)))
    return records


def read_cbor(body: bytes) -> list[Record]:
    """The records of a SenML-CBOR pack; raises `DecodeError`."""
    pack = load_cbor(body)
    if not isinstance(pack, list):
        raise MalformedMessageError("SenML-CBOR is an array of records")
    bases = _Bases()
    return [_cbor_record(one, bases) for one in _bounded(pack)]


def load_cbor(body: bytes) -> Any:
    """One CBOR item; raises `DecodeError` for anything else."""
    try:
        return cbor2.loads(body)
    except (cbor2.CBORDecodeError, ArithmeticError, ValueError, RecursionError) as error:
        raise MalformedMessageError(f"CBOR: {error}") from error


def _cbor_record(one: Any, bases: _Bases) -> Record:
    if not isinstance(one, Mapping):
        raise MalformedMessageError("a SenML-CBOR record is a map")
    bases.name = _member(one, _BASE_NAME, str) or bases.name
    base_time = _number(one, _BASE_TIME)
    if base_time:
        bases.time, bases.has_time = base_time, True
    bases.value = _number(one, _BASE_VALUE) or bases.value
    value = _one_value(
        _number(one, _VALUE),
        _member(one, _STRING, str),
        _member(one, _BOOLEAN, bool),
        _member(one, _BYTES, bytes),
        _member(one, _LINK, str),
    )
    path = bases.place(_member(one, _NAME, str) or "")
    return Record(path, _added(value, bases.value), bases.moment(_number(one, _TIME)))


def _member(record: Mapping[Any, Any], label: int | str, kind: type) -> Any:
    value = record.get(label)
    if value is not None and type(value) is not kind:
        raise InvalidValueError(f"SenML label {label} holds a {type(value).__name__}")
    return value


def _number(record: Mapping[Any, Any], label: int) -> int | float | None:
    value = record.get(label)
    if isinstance(value, Decimal):
        return float(value)
    if value is not None and type(value) not in (int, float):
        raise InvalidValueError(f"SenML label {label} holds a {type(value).__name__}")
    return value


def _bounded(pack: Sequence[Any]) -> Sequence[Any]:
    if len(pack) > RECORDS_MAX:
        raise InvalidValueError(f"{len(pack)} records in one pack; {RECORDS_MAX} at most")
    return pack


def _one_value(*candidates: Scalar | None) -> Scalar | None:
    given = [one for one in candidates if one is not None]
    if len(given) > 1:
        raise InvalidValueError("a SenML record with two values")
    return given[0] if given else None


def _added(value: Scalar | None, base: float) -> Scalar | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value + base if base and is_number else value  # type: ignore[operator]


def _from_base64(text: str | None, *, padded: bool) -> bytes | None:
    if text is None:
        return None
    try:
        if padded:
            return base64.b64decode(text, validate=True)
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidValueError(f"opaque value: {error}") from error


def _named(records: Iterable[Record], base: Path) -> list[tuple[str, str, Record]]:
    """Base name, rest of the name, record: the base is told once, by the first record."""
    named = []
    for number, record in enumerate(records):
        if base == ROOT:
            named.append(("", str(record.path), record))
            continue
        rest = "/".join(str(part) for part in record.path.parts[base.depth :])
        told = "" if number else str(base) + ("/" if rest else "")
        named.append((told, rest, record))
    return named


def write_cbor(records: Iterable[Record], base: Path = ROOT) -> bytes:
    """Records as SenML-CBOR; below `base` names are given as base and rest."""
    pack = []
    for base_name, name, record in _named(records, base):
        one: dict[int | str, Any] = {}
        if base_name:
            one[_BASE_NAME] = base_name
        if name:
            one[_NAME] = name
        if record.epoch_s is not None:
            one[_TIME] = record.epoch_s
        if record.value is not None:
            one[_label(record.value)] = record.value
        pack.append(one)
    written: bytes = cbor2.dumps(pack)
    return written


def _label(value: Scalar) -> int:
    match value:
        case bool():
            return _BOOLEAN
        case str():
            return _STRING
        case bytes():
            return _BYTES
        case _:
            return _VALUE


def write_json(records: Iterable[Record], base: Path = ROOT) -> bytes:
    """Records as SenML-JSON; below `base` names are given as base and rest."""
    pack = []
    for base_name, name, record in _named(records, base):
        one: dict[str, Any] = {}
        if base_name:
            one["bn"] = base_name
        if name:
            one["n"] = name
        if record.epoch_s is not None:
            one["t"] = record.epoch_s
        match record.value:
            case None:
                pass
            case bool():
                one["vb"] = record.value
            case str():
                one["vs"] = record.value
            case bytes():
                one["vd"] = base64.urlsafe_b64encode(record.value).rstrip(b"=").decode()
            case _:
                one["v"] = record.value
        pack.append(one)
    return msgspec.json.encode(pack)
