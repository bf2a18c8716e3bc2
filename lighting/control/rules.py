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
# Orders a second that one gateway, bus or server takes, by the first word of its network's name. A
# radio gateway is half duplex (an SF9 downlink of 15 bytes holds it about 0.2 s); an order and its
# proof take a DALI line some 100 ms; servers of cellular devices have taken some 480 a second.
ORDERS_PER_SECOND: Mapping[str, int] = {
    "modbus": 8,
    "lunatone": 8,
    "lwm2m": 300,
    "mqtt": 300,
    "oslp": 100,
}
RADIO_ORDERS_PER_SECOND = 4


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


def pace(orders: Sequence[Order], elapsed: timedelta) -> list[Order]:
    """The orders that may leave now: what each gateway takes in `elapsed`, first come first
    served, at least one each."""
    taken: dict[str, int] = defaultdict(int)
    leaving: list[Order] = []
    for order in orders:
        if taken[order.gateway] < allowance(order.network, elapsed):
            taken[order.gateway] += 1
            leaving.append(order)
    return leaving


def allowance(network: str, elapsed: timedelta) -> int:
    """How many orders a gateway of this network takes in `elapsed`."""
    per_second = ORDERS_PER_SECOND.get(network.partition(":")[0], RADIO_ORDERS_PER_SECOND)
    return max(1, int(per_second * elapsed.total_seconds()))


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
