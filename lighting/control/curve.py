"""The level a light should give over a stretch of time: programme, and commands laid over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lighting.control.rules import ActiveCommand, winning_command


@dataclass(frozen=True, slots=True)
class HeldCommand:
    """A command and the stretch of time it held."""

    command: ActiveCommand
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LevelFrom:
    """From an instant on, a level."""

    starts_at: datetime
    level_percent: int


def expected_curve(
    scheduled: Sequence[LevelFrom],
    held: Sequence[HeldCommand],
    starts_at: datetime,
    ends_at: datetime,
) -> list[LevelFrom]:
    """Changes of level in [starts_at, ends_at), the first at `starts_at`; `scheduled` in order.

    Before the first scheduled level nothing is known, so the curve begins there at the earliest.
    """
    edges = {starts_at, *(step.starts_at for step in scheduled)}
    edges |= {edge for one in held for edge in (one.starts_at, one.ends_at)}
    curve: list[LevelFrom] = []
    for edge in sorted(edge for edge in edges if starts_at <= edge < ends_at):
        level = _level_at(scheduled, held, edge)
        if level is not None and (not curve or curve[-1].level_percent != level):
            curve.append(LevelFrom(edge, level))
    return curve


def _level_at(
    scheduled: Sequence[LevelFrom], held: Sequence[HeldCommand], at: datetime
) -> int | None:
    winner = winning_command(one.command for one in held if one.starts_at <= at < one.ends_at)
    if winner is not None:
        return winner.level_percent
    begun = [step for step in scheduled if step.starts_at <= at]
    return begun[-1].level_percent if begun else None
