"""Decisions of radio, pure: who leaves now, and what counts as proof."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from lighting.radio.compute import cost
from lighting.radio.model import HOLD_MAX, Channel, Emission, GroupHearing

# With 29 members heard as ordered and none otherwise, fewer than one in ten missed the frame with
# 95 % confidence: 0.9^29 = 0.047. Smaller groups must be heard almost whole.
SAMPLE_MIN = 29
SAMPLE_RATIO_MIN = 0.9
# The step of a cabinet's power must be this much of what the lights should make, and large
# against what else moves there.
STEP_RATIO_MIN, STEP_RATIO_MAX = 0.85, 1.15
STEP_W_MIN = 50.0


@dataclass(frozen=True, slots=True)
class Wish:
    """A frame that wants to leave: by which channel, for what price; `repeats` counts its tries."""

    id: UUID
    gateway: str
    emission: Emission
    repeats: int


@dataclass(slots=True)
class Slots:
    """Which wishes leave now, which wait until when, and when each channel is free again."""

    leaving: list[Wish] = field(default_factory=list)
    held: dict[UUID, datetime] = field(default_factory=dict)
    free_at: dict[Channel, datetime] = field(default_factory=dict)


def give_slots(
    wishes: Iterable[Wish],
    free_at: Mapping[Channel, datetime],
    now: datetime,
    elapsed: timedelta = timedelta(),
) -> Slots:
    """One frame after the other on each channel, first tries before repeats.

    Time that passed unused since the last look (`elapsed`) still counts, so that the pace does not
    depend on how often one looks. Those that must wait are told when their turn comes, but at most
    `HOLD_MAX` ahead: until then others may have left the queue.
    """
    earliest = now - elapsed
    slots = Slots()
    queue_end: dict[Channel, datetime] = {}
    for wish in sorted(wishes, key=lambda one: one.repeats):
        channel = wish.emission.channel(wish.gateway)
        turn = queue_end.get(channel) or max(free_at.get(channel, now), earliest)
        queue_end[channel] = turn + cost(wish.emission)
        if turn <= now:
            slots.leaving.append(wish)
            slots.free_at[channel] = queue_end[channel]
        else:
            slots.held[wish.id] = min(turn, now + HOLD_MAX)
    return slots


def is_sample_enough(hearing: GroupHearing) -> bool:
    """Whether what was heard of a group speaks for its silent members."""
    if hearing.contradicted_count:
        return False
    needed = min(SAMPLE_MIN, ceil(hearing.light_count * SAMPLE_RATIO_MIN))
    return hearing.confirmed_count >= needed > 0


def is_step_seen(before_w: float, after_w: float, expected_step_w: float) -> bool:
    """Whether the power of a cabinet moved as the lights should have moved it (W, signed)."""
    if abs(expected_step_w) < STEP_W_MIN:
        return False
    return STEP_RATIO_MIN <= (after_w - before_w) / expected_step_w <= STEP_RATIO_MAX


def why_not_proven(
    attempts: int | None, state: str | None, detail: str | None, gateway: str | None
) -> str:
    """One sentence on a light whose level nobody confirmed in time."""
    if attempts is None:
        return "no order was made: the light is not under this command, or has no calendar"
    if state == "rejected":
        return f"refused: {detail or 'without a reason'}"
    if attempts == 0:
        return f"never sent: the air of gateway {gateway or 'unknown'} had no room in time"
    times = "once" if attempts == 1 else f"{attempts} times"
    return f"sent {times}, not confirmed"


def proof_due(sent_at: datetime, period: timedelta, periods: float) -> datetime:
    """Until when a light's own report is waited for after a frame to its group."""
    return sent_at + period * periods
