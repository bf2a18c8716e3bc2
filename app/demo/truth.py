"""The known truth about what was broken, and how the alarms compare with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from lighting.faults import service as faults
from lighting.faults.model import Cause
from lighting.faults.service import AlarmFilter
from simulator.city import City
from simulator.model import TruthKind

# A fault must have been there for a night and a day before it has to be known.
FOUND_WITHIN = timedelta(hours=36)
PAGE = 1000


class TrueFault(msgspec.Struct, frozen=True):
    """What was broken, where, from when to when."""

    light_point_id: UUID
    kind: TruthKind
    starts_at: datetime
    ends_at: datetime | None


class RaisedAlarm(msgspec.Struct, frozen=True):
    """What was said to be broken."""

    light_point_id: UUID | None
    cause: Cause
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """Alarms beside the truth."""

    true_alarms: Sequence[RaisedAlarm]
    false_alarms: Sequence[RaisedAlarm]
    found: Sequence[TrueFault]
    missed: Sequence[TrueFault]

    @property
    def precision(self) -> float:
        """Share of the alarms that are true; 1 without alarms."""
        count = len(self.true_alarms) + len(self.false_alarms)
        return len(self.true_alarms) / count if count else 1.0

    @property
    def recall(self) -> float:
        """Share found of the faults that had to be found; 1 without any."""
        count = len(self.found) + len(self.missed)
        return len(self.found) / count if count else 1.0


def truth_of(city: City) -> list[TrueFault]:
    """Every fault of the city, by light point."""
    return [
        TrueFault(UUID(city.lamps[fault.lamp].site), fault.kind, fault.starts_at, fault.ends_at)
        for fault in city.faults
    ]


def compare(
    truth: Sequence[TrueFault], alarms: Sequence[RaisedAlarm], until: datetime
) -> Comparison:
    """Each alarm against its lamp's faults, each fault that had its time against the alarms."""
    true_alarms: list[RaisedAlarm] = []
    false_alarms: list[RaisedAlarm] = []
    for alarm in alarms:
        is_true = any(_explains(fault, alarm) for fault in truth)
        (true_alarms if is_true else false_alarms).append(alarm)
    found: list[TrueFault] = []
    missed: list[TrueFault] = []
    for fault in truth:
        if any(_explains(fault, alarm) for alarm in alarms):
            found.append(fault)
        elif (fault.ends_at or until) - fault.starts_at >= FOUND_WITHIN:
            missed.append(fault)
    return Comparison(true_alarms, false_alarms, found, missed)


def _explains(fault: TrueFault, alarm: RaisedAlarm) -> bool:
    return (
        fault.light_point_id == alarm.light_point_id
        and alarm.cause.value == fault.kind.value
        and fault.starts_at <= alarm.raised_at
        and (fault.ends_at is None or alarm.raised_at <= fault.ends_at)
    )


async def alarms_raised(session: AsyncSession) -> list[RaisedAlarm]:
    """Every alarm there ever was."""
    found: list[RaisedAlarm] = []
    after: tuple[datetime, UUID] | None = None
    while True:
        page = await faults.alarms(
            session, Caller.system("truth"), AlarmFilter("all"), after=after, limit=PAGE
        )
        found += [
            RaisedAlarm(one.alarm.light_point_id, Cause(one.alarm.cause), one.alarm.raised_at)
            for one in page
        ]
        if len(page) < PAGE:
            return found
        after = (page[-1].alarm.raised_at, page[-1].alarm.id)


def write(truth: Sequence[TrueFault], file: Path) -> None:
    """Keep the truth beside the city, whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(truth)))
    fresh.replace(file)


def read(file: Path) -> list[TrueFault]:
    """The truth as it was kept."""
    return msgspec.json.decode(file.read_bytes(), type=list[TrueFault])
