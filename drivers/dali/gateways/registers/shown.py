"""State of control gear as a gateway shows it in registers: what it says of the light."""

from datetime import datetime

from drivers.contract import Decoded, LevelEcho, Measurement, Quantity
from drivers.dali.ports import UNKNOWN
from drivers.dali.status import GearStatus, failures_of, flags_of
from drivers.errors import InvalidValueError, TrailingBytesError, TruncatedFrameError

PERCENT_MAX = 100
# A gateway that shows whole percents may round a level up or down.
PERCENT_TOLERANCE = 1


def words_after_order(payload: bytes, count: int) -> tuple[int, tuple[int, ...]]:
    """The percentage ordered last (255: none), and `count` registers; raises `DecodeError`."""
    length = 1 + 2 * count
    if len(payload) < length:
        raise TruncatedFrameError("registers of control gear", length, 0, len(payload))
    if len(payload) > length:
        raise TrailingBytesError("registers of control gear", len(payload) - length)
    words = tuple(
        int.from_bytes(payload[place : place + 2], "big") for place in range(1, length, 2)
    )
    return payload[0], words


def decoded_state(
    status: int, level_percent: int | None, ordered: int, at: datetime, *, is_proof: bool
) -> Decoded:
    """Level, flags and failures; with `is_proof` the order counts as taken where the gear shows
    it. `level_percent` is None where the gateway does not know it."""
    if status > 0xFF:
        raise InvalidValueError(f"status {status} is more than a byte")
    if ordered != UNKNOWN and ordered > PERCENT_MAX:
        raise InvalidValueError(f"ordered {ordered} % is above {PERCENT_MAX} %")
    is_ordered = level_percent is not None and _is_as_ordered(level_percent, ordered)
    decoded = Decoded([], failures_of(status, at), [])
    if level_percent is not None and not status & GearStatus.FADE_RUNNING:
        shown = ordered if is_ordered else level_percent
        decoded.readings.append(Measurement(Quantity.LEVEL_PERCENT, shown, at))
    decoded.readings.append(Measurement(Quantity.STATUS_FLAGS, flags_of(status), at))
    is_held = status & (GearStatus.FADE_RUNNING | GearStatus.LIMIT_ERROR)
    if is_proof and ordered != UNKNOWN and (is_ordered or is_held):
        decoded.acknowledgements.append(LevelEcho(ordered, at))
    return decoded


def _is_as_ordered(level_percent: int, ordered: int) -> bool:
    if ordered == UNKNOWN or 0 in (level_percent, ordered):
        return level_percent == ordered
    return abs(level_percent - ordered) <= PERCENT_TOLERANCE
