"""Decisions about cabinets, pure: what is wrong in them, and when that becomes an alarm.

Numbers from the fault taxonomy of our domain reference (§6.2): phase and supply below half of
nominal voltage for two minutes, insulation for one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lighting.cabinets.model import (
    PHASES,
    CabinetSeen,
    CabinetWatch,
    ContactRole,
    ContactState,
    Direction,
    Judgement,
    MeterState,
)
from lighting.faults.model import Cause, Urgency

# Half of 230 V: below it a phase is gone, what is left comes back through loads.
DEAD_VOLTAGE_V_MAX = 115.0
# Above it (EN 50160: 230 V less 10 %, less the drop of a bad night) a phase is there again.
LIVE_VOLTAGE_V_MIN = 184.0
# A contactor closes in a fraction of a second; its auxiliary contact is polled every ten.
CONTACTOR_SETTLING_TIME = timedelta(seconds=30)
# A device silent for three of its periods, at least five minutes, says nothing any more.
SILENT_PERIODS = 3
SILENCE_MIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Persistence:
    """How long a cause must last to be an alarm, and be gone to end it; how urgent it is."""

    faulty_time: timedelta
    healthy_time: timedelta
    urgency: Urgency


PERSISTENCE: Mapping[Cause, Persistence] = {
    # Half a minute is a crew that opens and closes; an open door is live metal within reach.
    Cause.DOOR_OPEN: Persistence(timedelta(seconds=30), timedelta(seconds=30), Urgency.U2),
    Cause.BREAKER_TRIPPED: Persistence(timedelta(), timedelta(minutes=1), Urgency.U1),
    Cause.RESIDUAL_CURRENT: Persistence(timedelta(minutes=1), timedelta(minutes=1), Urgency.U1),
    Cause.SUPPLY_LOSS: Persistence(timedelta(minutes=2), timedelta(minutes=5), Urgency.U1),
    Cause.PHASE_LOSS: Persistence(timedelta(minutes=2), timedelta(minutes=5), Urgency.U1),
    Cause.CONTACTOR_STUCK: Persistence(timedelta(), timedelta(minutes=1), Urgency.U2),
    # Dark or lit, the cabinet goes on by itself; somebody should look the same day.
    Cause.COMMUNICATION_LOSS: Persistence(timedelta(), timedelta(), Urgency.U3),
}


def silence_limit(expected_period: timedelta) -> timedelta:
    """The silence after which a device of a cabinet is lost."""
    return max(expected_period * SILENT_PERIODS, SILENCE_MIN)


def _judge_role(role: ContactRole) -> Callable[[CabinetSeen], Judgement | None]:
    def judge(seen: CabinetSeen) -> Judgement | None:
        contacts = [one for one in seen.contacts if one.channel.role is role]
        if not contacts:
            return None
        active = [one for one in contacts if one.is_active]
        return Judgement(bool(active), {"contacts": _named(active)} if active else {})

    return judge


def judge_supply_loss(seen: CabinetSeen) -> Judgement | None:
    """No phase carries voltage: by the meters, or by a contact that watches the supply."""
    said = _judge_role(ContactRole.SUPPLY_LOST)(seen)
    if said is not None and said.is_faulty:
        return said
    measured = [_voltages_v(meter) for meter in seen.meters]
    measured = [voltages for voltages in measured if voltages]
    if not measured:
        return said
    if all(_is_dead(voltage_v) for voltages in measured for voltage_v in voltages.values()):
        return Judgement(True, {"supply_voltage_v": measured[0]})
    is_live = any(value >= LIVE_VOLTAGE_V_MIN for each in measured for value in each.values())
    return Judgement(False) if is_live else None


def judge_phase_loss(seen: CabinetSeen) -> Judgement | None:
    """One or two phases of three are gone; without any, the supply is lost instead."""
    judged: Judgement | None = None
    for meter in seen.meters:
        voltages_v = _voltages_v(meter)
        if len(voltages_v) < 2 or all(map(_is_dead, voltages_v.values())):
            continue
        dead = [phase for phase, voltage_v in voltages_v.items() if _is_dead(voltage_v)]
        if dead:
            return Judgement(True, {"phases": dead, "supply_voltage_v": voltages_v})
        if all(voltage_v >= LIVE_VOLTAGE_V_MIN for voltage_v in voltages_v.values()):
            judged = Judgement(False)
    return judged


def judge_contactor_stuck(seen: CabinetSeen) -> Judgement | None:
    """A contactor's auxiliary contact contradicts its relay, after both had time to settle."""
    outputs = {
        one.channel.id: one for one in seen.contacts if one.channel.direction is Direction.OUTPUT
    }
    proofs = [
        (outputs[one.channel.follows_id], one)
        for one in seen.contacts
        if one.channel.follows_id in outputs
    ]
    if not proofs:
        return None
    differing = [(relay, proof) for relay, proof in proofs if relay.is_active != proof.is_active]
    if not differing:
        return Judgement(False)
    stuck = [
        proof
        for relay, proof in differing
        if seen.at - max(relay.since, proof.since) >= CONTACTOR_SETTLING_TIME
    ]
    return Judgement(True, {"contacts": _named(stuck)}) if stuck else None


JUDGES: Mapping[Cause, Callable[[CabinetSeen], Judgement | None]] = {
    Cause.DOOR_OPEN: _judge_role(ContactRole.DOOR_OPEN),
    Cause.BREAKER_TRIPPED: _judge_role(ContactRole.BREAKER_TRIPPED),
    Cause.RESIDUAL_CURRENT: _judge_role(ContactRole.RESIDUAL_CURRENT),
    Cause.SUPPLY_LOSS: judge_supply_loss,
    Cause.PHASE_LOSS: judge_phase_loss,
    Cause.CONTACTOR_STUCK: judge_contactor_stuck,
}
"""By cause, the rule; None is undecided, and changes nothing."""


def weigh(
    watch: CabinetWatch | None, cause: Cause, judgement: Judgement, at: datetime
) -> CabinetWatch | None:
    """The watch after one more judgement; None when nothing is suspected (any more).

    A judgement older than the last is left out: it was late, and cannot turn time back.
    """
    if watch is not None and at < watch.judged_at:
        return watch
    if judgement.is_faulty:
        if watch is None:
            return CabinetWatch(faulty_since=at, judged_at=at)
        return replace(watch, judged_at=at, healthy_since=None)
    if watch is None or watch.alarm_id is None:
        return None
    healthy_since = watch.healthy_since or at
    if at - healthy_since >= PERSISTENCE[cause].healthy_time:
        return None
    return replace(watch, judged_at=at, healthy_since=healthy_since)


def is_proven(watch: CabinetWatch, cause: Cause) -> bool:
    """Whether the cause has lasted long enough for an alarm."""
    lasted = watch.judged_at - watch.faulty_since
    return watch.healthy_since is None and lasted >= PERSISTENCE[cause].faulty_time


def _voltages_v(meter: MeterState) -> dict[str, float]:
    """Voltage of each phase the cabinet has and the meter measures."""
    phases = zip(PHASES, meter.values.supply_voltage_v, strict=True)
    known = list(phases)[: meter.phase_count]
    return {phase: voltage_v for phase, voltage_v in known if voltage_v is not None}


def _is_dead(voltage_v: float) -> bool:
    return voltage_v < DEAD_VOLTAGE_V_MAX


def _named(contacts: Iterable[ContactState]) -> list[str]:
    return [one.channel.name or one.channel.channel for one in contacts]
