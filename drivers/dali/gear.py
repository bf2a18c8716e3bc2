"""What is asked of control gear, and how: state, memory banks, what it is, and its level set."""

from collections.abc import Sequence
from typing import Any

from drivers.contract import Found
from drivers.dali import memory
from drivers.dali.banks import BANKS
from drivers.dali.bus import Line
from drivers.dali.curve import Curve, curve_of, level_of_percent
from drivers.dali.frames import (
    LED_GEAR,
    MASK,
    SHORT_ADDRESS_MAX,
    Address,
    Forward,
    LedQuery,
    Order,
    Query,
    Special,
    direct_level,
    order,
    query,
    query_led,
    short,
    special,
)
from drivers.dali.line import FRAMES_PER_EXCHANGE_MAX, GARBLED, Answer, Priority
from drivers.dali.model import BankBytes, Gear
from drivers.dali.ports import UNKNOWN, GearState
from drivers.errors import LinkError

DEVICE_TYPES_MAX = 10
_NO_MORE_TYPES = 254
_SEVERAL_TYPES = 255
_LOCK_OFFSET = 2
_LATCH = 0xAA  # written to the lock byte, it freezes the values of the bank
_RELEASE = 0xFF
_DTR_FRAMES = 10  # frames of a read that are not memory: registers set, latch, registers checked
_READS_PER_EXCHANGE = FRAMES_PER_EXCHANGE_MAX - _DTR_FRAMES


class DisturbedReadError(LinkError):
    """Another master of the line changed the registers while memory was read."""

    code = "line_disturbed"


async def find(line: Line, priority: Priority = Priority.POLL) -> list[int]:
    """Short addresses that answer, lowest first."""
    present: list[int] = []
    end = SHORT_ADDRESS_MAX + 1
    for start in range(0, end, FRAMES_PER_EXCHANGE_MAX):
        numbers = range(start, min(start + FRAMES_PER_EXCHANGE_MAX, end))
        questions = [query(short(number), Query.CONTROL_GEAR_PRESENT) for number in numbers]
        answers = await line.exchange(questions, priority)
        present += [
            number for number, answer in zip(numbers, answers, strict=True) if answer is not None
        ]
    return present


async def identify(line: Line, address: int, priority: Priority = Priority.POLL) -> Gear:
    """Device types, groups and dimming curve."""
    to = short(address)
    next_type = query(to, Query.NEXT_DEVICE_TYPE)
    questions = [query(to, Query.DEVICE_TYPE), *(next_type,) * DEVICE_TYPES_MAX]
    types = _device_types(await line.exchange(questions, priority))
    asked = [query(to, Query.GROUPS_0_TO_7), query(to, Query.GROUPS_8_TO_15)]
    if LED_GEAR in types:
        asked.append(query_led(to, LedQuery.DIMMING_CURVE))
    low, high, *curve = await line.exchange(asked, priority)
    bits = _known(low) | _known(high) << 8
    groups = frozenset(number for number in range(16) if bits >> number & 1)
    return Gear(address, types, groups, curve_of(curve[0] if curve else None))


async def read_state(
    line: Line, gear: Gear, ordered_percent: int = UNKNOWN, priority: Priority = Priority.POLL
) -> GearState | None:
    """Status and level now; None when the gear does not answer."""
    to = short(gear.address)
    asked = [query(to, Query.STATUS), query(to, Query.ACTUAL_LEVEL)]
    if gear.is_led:
        asked.append(query_led(to, LedQuery.FAILURE_STATUS))
    status, level, *failures = await line.exchange(asked, priority)
    if status is None or status == GARBLED:
        return None
    return GearState(
        status,
        MASK if level is None or level == GARBLED else level,
        gear.curve if gear.is_led else UNKNOWN,
        _known(failures[0]) if failures else 0,
        ordered_percent,
    )


async def set_level(
    line: Line, to: Address, percent: int, curve: Curve, priority: Priority = Priority.COMMAND
) -> None:
    """Send gear to a percentage of light, with the fade it is set to."""
    await line.exchange([direct_level(to, level_of_percent(percent, curve))], priority)


async def read_bank(
    line: Line, address: int, number: int, priority: Priority = Priority.POLL
) -> BankBytes | None:
    """All known values of a bank as of one moment; None when the gear has no such bank.

    A bank that can be latched is frozen for the read and released after it. Raises
    `DisturbedReadError` when another master spoke in between.
    """
    bank = BANKS[number]
    last = await _last_offset(line, address, number, priority)
    if last is None:
        return None
    start, end = bank.first_offset, min(last, bank.last_offset) + 1
    content = b""
    for offset in range(start, end, _READS_PER_EXCHANGE):
        until = min(offset + _READS_PER_EXCHANGE, end)
        is_first, is_last = offset == start, until == end
        part = await _read_part(
            line,
            short(address),
            number,
            range(offset, until),
            priority,
            latch=bank.is_latched and is_first,
            release=bank.is_latched and is_last,
        )
        content += part
        if len(part) < until - offset:
            break
    return BankBytes(number, start, content) if content else None


async def evidence_of(line: Line, gear: Gear, priority: Priority = Priority.ANSWER) -> Found:
    """Who the gear is: GTIN and serial of bank 0, the luminaire's data of bank 1."""
    told: dict[str, Any] = {
        "short_address": gear.address,
        "device_types": list(gear.device_types),
        "groups": sorted(gear.groups),
        "dimming_curve": gear.curve.name.lower(),
    }
    for number, prefix in ((0, ""), (1, "luminaire_")):
        read = await read_bank(line, gear.address, number, priority)
        if read is not None:
            values = memory.present(memory.read_bank(number, read.start, read.content))
            told |= {f"{prefix}{name.removeprefix(prefix)}": each for name, each in values.items()}
    return Found(str(gear.address), told)


async def _last_offset(line: Line, address: int, number: int, priority: Priority) -> Answer:
    *_, last = await line.exchange(
        [
            special(Special.DTR1, number),
            special(Special.DTR0, 0),
            query(short(address), Query.MEMORY_LOCATION),
        ],
        priority,
    )
    return None if last == GARBLED else last


async def _read_part(
    line: Line,
    to: Address,
    number: int,
    offsets: range,
    priority: Priority,
    *,
    latch: bool,
    release: bool,
) -> bytes:
    before = [special(Special.DTR1, number)]
    if latch:
        before += _lock(to, _LATCH)
    before.append(special(Special.DTR0, offsets.start))
    reads = [query(to, Query.MEMORY_LOCATION)] * len(offsets)
    check = [query(to, Query.CONTENT_DTR0), query(to, Query.CONTENT_DTR1)]
    after = _lock(to, _RELEASE) if release else []
    answers = await line.exchange([*before, *reads, *check, *after], priority)
    del answers[: len(before)]
    dtr0, dtr1 = answers[len(reads) : len(reads) + len(check)]
    if (dtr0, dtr1) != (offsets.stop, number):
        raise DisturbedReadError(
            f"gear {to} stands at {dtr1}/{dtr0} after a read up to {number}/{offsets.stop}"
        )
    return _until_silence(answers[: len(reads)])


def _lock(to: Address, value: int) -> list[Forward]:
    """Write the lock byte of the bank in DTR1."""
    return [
        order(to, Order.ENABLE_WRITE_MEMORY),
        special(Special.DTR0, _LOCK_OFFSET),
        special(Special.WRITE_MEMORY_LOCATION_NO_REPLY, value),
    ]


def _until_silence(answers: Sequence[Answer]) -> bytes:
    """The bytes before the first that was not answered, or not understood."""
    content = bytearray()
    for answer in answers:
        if answer is None or answer == GARBLED:
            break
        content.append(answer)
    return bytes(content)


def _device_types(answers: Sequence[Answer]) -> tuple[int, ...]:
    first, *following = answers
    if first is None or first in (GARBLED, _NO_MORE_TYPES):
        return ()
    if first != _SEVERAL_TYPES:
        return (first,)
    types: list[int] = []
    for answer in following:
        if answer is None or answer in (GARBLED, _NO_MORE_TYPES):
            break
        types.append(answer)
    return tuple(types)


def _known(answer: Answer) -> int:
    return 0 if answer is None or answer == GARBLED else answer
