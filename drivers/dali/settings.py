"""Settings kept in control gear: groups, scenes, fade, dimming curve. Each is read back.

Gear forgets nothing of this when its supply is cut. Commands of configuration are sent twice, as
the standard demands.
"""

from drivers.dali.bus import Line
from drivers.dali.curve import Curve, level_of_percent, percent_of_level
from drivers.dali.frames import (
    LEVEL_MAX,
    MASK,
    Forward,
    LedQuery,
    Order,
    OrderOf,
    Query,
    Special,
    order,
    order_of,
    query,
    query_led,
    query_scene,
    select_curve,
    short,
    special,
)
from drivers.dali.line import Answer, Priority
from drivers.errors import EncodeError, RefusedByDeviceError

FADE_TIME_MAX = 15
FADE_RATE_MAX = 15


async def join_group(line: Line, address: int, number: int) -> None:
    """Put gear in a group, 0..15."""
    await _in_group(line, address, OrderOf.ADD_TO_GROUP, number, is_member=True)


async def leave_group(line: Line, address: int, number: int) -> None:
    """Take gear out of a group."""
    await _in_group(line, address, OrderOf.REMOVE_FROM_GROUP, number, is_member=False)


async def store_scene(
    line: Line, address: int, number: int, percent: int | None, curve: Curve
) -> None:
    """Keep a percentage of light as scene 0..15; None takes the gear out of the scene."""
    to = short(address)
    level = MASK if percent is None else level_of_percent(percent, curve)
    what = OrderOf.REMOVE_FROM_SCENE if percent is None else OrderOf.SET_SCENE
    frames = [order_of(to, what, number), query_scene(to, number)]
    await _write(line, f"scene {number} of gear {address}", level, frames, level)


async def scene_percent(
    line: Line, address: int, number: int, curve: Curve, priority: Priority = Priority.ANSWER
) -> float | None:
    """Percent of light of a scene; None when the gear is in no such scene."""
    level = await line.ask(query_scene(short(address), number), priority)
    return None if level is None or not 0 <= level <= LEVEL_MAX else percent_of_level(level, curve)


async def set_fade(line: Line, address: int, *, time: int, rate: int) -> None:
    """Fade time 0..15 and rate 1..15 (see `curve.fade_time_s`)."""
    if not 0 <= time <= FADE_TIME_MAX or not 1 <= rate <= FADE_RATE_MAX:
        raise EncodeError(f"fade time {time} is not 0..15, or rate {rate} not 1..15")
    to, what = short(address), f"fade of gear {address}"
    asked = query(to, Query.FADE_TIME_RATE)
    rest = await line.ask(asked, Priority.ANSWER)
    kept_rate = 0 if rest is None else rest & 0x0F
    expected = time << 4 | kept_rate
    await _write(line, what, time, [order(to, Order.SET_FADE_TIME), asked], expected)
    await _write(line, what, rate, [order(to, Order.SET_FADE_RATE), asked], time << 4 | rate)


async def choose_curve(line: Line, address: int, curve: Curve) -> None:
    """Dimming curve of LED gear."""
    to = short(address)
    frames = [select_curve(to), query_led(to, LedQuery.DIMMING_CURVE)]
    await _write(line, f"dimming curve of gear {address}", curve, frames, curve)


async def _in_group(
    line: Line, address: int, what: OrderOf, number: int, *, is_member: bool
) -> None:
    to = short(address)
    half = Query.GROUPS_0_TO_7 if number < 8 else Query.GROUPS_8_TO_15
    frames = [order_of(to, what, number), query(to, half)]
    _, bits = await line.exchange(frames, Priority.ANSWER)
    if bits is None or bits < 0 or bool(bits >> number % 8 & 1) != is_member:
        raise _refusal(f"group {number} of gear {address}", bits)


async def _write(line: Line, what: str, value: int, frames: list[Forward], expected: int) -> None:
    """Put a value in DTR0, say what it is for, and compare what the gear answers."""
    *_, answer = await line.exchange([special(Special.DTR0, value), *frames], Priority.ANSWER)
    if answer != expected:
        raise _refusal(what, answer)


def _refusal(what: str, answer: Answer) -> RefusedByDeviceError:
    told = "nothing" if answer is None else answer
    return RefusedByDeviceError(f"{what} was not taken: the gear answers {told}")
