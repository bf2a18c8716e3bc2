"""Decisions of control, pure: which level is wanted, when to try again, what to hand out now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kit.errors import InvalidInputError
from lighting.control.model import (
    COMMAND_DURATION_MAX,
    DesiredLevel,
    Order,
    Target,
)

# First retry after half a minute: a class C echo takes seconds, so a missing one is a loss;
# doubling keeps a dead gateway from eating the airtime of its neighbours.
RETRY_FIRST = timedelta(seconds=30)
RETRY_MAX = timedelta(minutes=8)
# Downlinks one gateway can send per second without its uplinks suffering (half-duplex radio:
# one SF9 downlink of 15 bytes holds the transmitter about 0.2 s).
DOWNLINKS_PER_GATEWAY_PER_SECOND = 4


@dataclass(frozen=True, slots=True)
class ActiveCommand:
    """A command in force: one level until it ends."""

    command_id: UUID
    level_percent: int
    priority: int
    created_at: datetime


def winning_command(commands: Iterable[ActiveCommand]) -> ActiveCommand | None:
    """The command that holds: highest priority, and among equals the newest."""
    return max(commands, key=lambda one: (one.priority, one.created_at), default=None)


def desired_level(
    scheduled_level_percent: int | None, commands: Iterable[ActiveCommand]
) -> DesiredLevel | None:
    """What a light should give now; None when nothing says anything about it."""
    command = winning_command(commands)
    if command is not None:
        return DesiredLevel(command.level_percent, f"command:{command.command_id}")
    if scheduled_level_percent is not None:
        return DesiredLevel(scheduled_level_percent, "schedule")
    return None


def retry_after(attempts: int) -> timedelta:
    """Pause before sending again after `attempts` sendings without an echo."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(RETRY_FIRST * (1 << doublings), RETRY_MAX)


def pace(
    orders: Sequence[Order], elapsed: timedelta, per_second: int = DOWNLINKS_PER_GATEWAY_PER_SECOND
) -> list[Order]:
    """The orders that may leave now: at most `per_second` × elapsed for each gateway, first come
    first served, at least one each."""
    allowance = max(1, int(per_second * elapsed.total_seconds()))
    taken: Mapping[str, list[Order]] = defaultdict(list)
    leaving: list[Order] = []
    for order in orders:
        queue = taken[order.gateway]
        if len(queue) < allowance:
            queue.append(order)
            leaving.append(order)
    return leaving


def check_target(target: Target) -> None:
    """Exactly one way of naming the lights."""
    given = [
        bool(target.light_point_ids),
        target.cabinet_id is not None,
        target.organisation_id is not None,
    ]
    if sum(given) != 1:
        raise InvalidInputError(
            "name the lights in exactly one way: light_point_ids, cabinet_id or organisation_id"
        )


def command_end(now: datetime, expires_at: datetime | None, duration: timedelta | None) -> datetime:
    """When a command ends: every command has an end, and not a far one."""
    if (expires_at is None) == (duration is None):
        raise InvalidInputError("give either expires_at or duration_s: a command always ends")
    end = expires_at if expires_at is not None else now + (duration or timedelta())
    if not now < end <= now + COMMAND_DURATION_MAX:
        raise InvalidInputError(
            f"a command ends in the future and within {COMMAND_DURATION_MAX.days} days; "
            "for longer, change the calendar"
        )
    return end
