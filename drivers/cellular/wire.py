"""Messages as values, values by their paths, and topics by their templates."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import cbor2
import msgspec

from drivers.cellular.spec import Encoding
from drivers.errors import EncodeError, InvalidValueError, MalformedMessageError

MESSAGE_BYTES_MAX = 64 * 1024
RECORDS_MAX = 1000
ADDRESS = "{address}"

_MALFORMED = (
    msgspec.MsgspecError,
    cbor2.CBORDecodeError,
    ArithmeticError,
    UnicodeDecodeError,
    ValueError,
    RecursionError,
)


def load(encoding: Encoding, payload: bytes) -> Mapping[str, Any]:
    """A message as its values; raises `DecodeError`."""
    if len(payload) > MESSAGE_BYTES_MAX:
        raise InvalidValueError(f"{len(payload)} bytes; {MESSAGE_BYTES_MAX} at most")
    try:
        message = (
            msgspec.json.decode(payload) if encoding is Encoding.JSON else cbor2.loads(payload)
        )
    except _MALFORMED as error:
        raise MalformedMessageError(f"{encoding.value}: {error}") from error
    if not isinstance(message, Mapping):
        raise MalformedMessageError(f"a message is an object, not a {type(message).__name__}")
    return message


def dump(encoding: Encoding, message: Mapping[str, Any]) -> bytes:
    """Values as a message."""
    if encoding is Encoding.JSON:
        return msgspec.json.encode(message)
    written: bytes = cbor2.dumps(message)
    return written


Path = tuple[str | int, ...]


def path_of(text: str) -> Path:
    """`Telemetry.values.0` as its steps; numbers are places in a list."""
    return (
        tuple(int(step) if step.isdecimal() else step for step in text.split(".")) if text else ()
    )


def look_up(message: Any, path: Path) -> Any:
    """The value at a path, None where there is none."""
    for step in path:
        if isinstance(message, Mapping):
            message = message.get(step, message.get(str(step)))
        elif isinstance(step, int) and isinstance(message, Sequence) and step < len(message):
            message = message[step]
        else:
            return None
    return message


def records_of(message: Mapping[str, Any], path: Path) -> Sequence[Any]:
    """The records of a message, the message itself when it is one; raises `DecodeError`."""
    if not path:
        return (message,)
    records = look_up(message, path)
    if records is None:
        return ()
    if isinstance(records, Mapping):
        return (records,)
    if not isinstance(records, list) or len(records) > RECORDS_MAX:
        raise InvalidValueError(f"records are a list of at most {RECORDS_MAX}")
    return records


def pattern_of(template: str) -> re.Pattern[str]:
    """What topics of a template look like; `+` stands for any word, as in MQTT."""
    words = []
    for word in template.split("/"):
        before, found, after = word.partition(ADDRESS)
        if found:
            words.append(f"{re.escape(before)}(?P<address>[^/]+){re.escape(after)}")
        else:
            words.append("[^/]+" if word == "+" else re.escape(word))
    return re.compile("/".join(words))


def filled(template: Any, values: Mapping[str, int]) -> Any:
    """A template of an order with `$name` replaced; raises `EncodeError` for a name without a
    value."""
    if isinstance(template, Mapping):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if isinstance(template, str) and template.startswith("$"):
        if template[1:] not in values:
            raise EncodeError(f"the order has no {template[1:]}")
        return values[template[1:]]
    return template


def names_in(template: Any) -> set[str]:
    """The `$names` a template holds."""
    if isinstance(template, Mapping):
        return set().union(*(names_in(value) for value in template.values()))
    if isinstance(template, list):
        return set().union(*(names_in(value) for value in template))
    is_name = isinstance(template, str) and template.startswith("$")
    return {template[1:]} if is_name else set()
