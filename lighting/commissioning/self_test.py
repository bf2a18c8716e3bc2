"""The self-test of a light: on, dimmed, off, a reading; each proven by what the light answers.

Levels are ordered through control like every other order, and hold no longer than their step:
whatever becomes of the test, the light returns to its calendar.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from drivers import profiles
from kit.access import audit
from kit.access.model import Caller
from kit.errors import DomainError
from kit.log import get_logger
from lighting.commissioning import repository, rules, service
from lighting.commissioning.model import (
    CommissioningState,
    FailedBecause,
    RunningStep,
    Seen,
    StepKind,
    StepState,
    Verdict,
)
from lighting.commissioning.tables import Commissioning, SelfTestStep
from lighting.control import handover
from lighting.control import service as control
from lighting.control.model import CommandState, ControlledLight, Target
from lighting.registry import service as registry
from lighting.registry.equipment.service import require_field_hand
from lighting.registry.service import RegisteredController
from lighting.telemetry import service as telemetry

TESTS_PER_RUN_MAX = 500

log = get_logger()


async def start(
    session: AsyncSession, caller: Caller, commissioning_id: UUID, *, now: datetime
) -> Commissioning:
    """Begin a self-test, or begin it again; its first order is queued at once."""
    row = await service.commissioning(session, caller, commissioning_id, is_held=True)
    require_field_hand(caller, row.organisation_id)
    rules.check_move(CommissioningState(row.state), CommissioningState.TESTING)
    controller = await _controller(session, row)
    before = await service.steps(session, row.id)
    run = before[0].run + 1 if before else 1
    profile = profiles.load(controller.profile)
    planned = rules.plan_of(profile.abilities, timedelta(seconds=controller.expected_period_s))
    row.state = CommissioningState.TESTING.value
    row.tested_by = caller.display_name
    steps = [
        SelfTestStep(
            commissioning_id=row.id,
            run=run,
            position=position,
            kind=step.kind.value,
            level_percent=step.level_percent,
            time_max_s=int(step.time_max.total_seconds()),
        )
        for position, step in enumerate(planned)
    ]
    session.add_all(steps)
    await session.flush()
    await _start_step(session, row, controller, steps[0], now)
    await _record(session, caller, row, "commissioning.test", now)
    return row


async def advance(session: AsyncSession, now: datetime) -> int:
    """Look at every running self-test: prove, fail, go on; returns how many have ended."""
    ended = 0
    for row in await repository.testing(session, TESTS_PER_RUN_MAX):
        await _advance(session, row, now)
        ended += row.state != CommissioningState.TESTING
    if ended:
        log.info("self-tests ended", count=ended)
    return ended


async def _advance(session: AsyncSession, row: Commissioning, now: datetime) -> None:
    controller = await _controller(session, row)
    steps = await service.steps(session, row.id)
    while (step := repository.first_unended(steps)) is not None:
        if step.state == StepState.WAITING:
            await _start_step(session, row, controller, step, now)
        if step.state == StepState.RUNNING:
            verdict = rules.judge(
                _running(row, step), await _seen(session, row, controller, step), now
            )
            if verdict.state is StepState.RUNNING:
                return
            await _end_step(session, step, verdict, now)
        if step.state == StepState.FAILED:
            _pass_over(steps, now)
    row.state = rules.outcome([StepState(step.state) for step in steps]).value
    await _record(session, Caller.system("self-test"), row, f"commissioning.{row.state}", now)


async def _start_step(
    session: AsyncSession,
    row: Commissioning,
    controller: RegisteredController,
    step: SelfTestStep,
    now: datetime,
) -> None:
    step.state = StepState.RUNNING.value
    step.started_at = now
    step.deadline_at = now + timedelta(seconds=step.time_max_s)
    if step.level_percent is None:
        return
    try:
        command = await control.create_command(
            session,
            Caller.system(f"self-test ({row.tested_by})"),
            target=Target(light_point_ids=(row.light_point_id,)),
            level_percent=step.level_percent,
            reason="self-test",
            now=now,
            expires_at=step.deadline_at,
        )
    except DomainError as error:
        await _end_step(session, step, Verdict(StepState.FAILED, {}, error.detail), now)
        return
    light = ControlledLight(row.light_point_id, row.organisation_id)
    await handover.order_now(session, light, controller.key, command)
    step.command_id = command.id


async def _end_step(
    session: AsyncSession, step: SelfTestStep, verdict: Verdict, now: datetime
) -> None:
    step.state = verdict.state.value
    step.proof = dict(verdict.proof)
    step.reason = str(verdict.reason)
    step.ended_at = now
    if step.command_id is None:
        return
    system = Caller.system("self-test")
    command = await control.command(session, system, step.command_id)
    if command.state == CommandState.ACTIVE and command.expires_at > now:
        await control.cancel_command(session, system, command.id, now)


def _pass_over(steps: Sequence[SelfTestStep], now: datetime) -> None:
    """A light that did not obey one level is not asked for the next ones."""
    for step in steps:
        if step.state == StepState.WAITING and step.kind != StepKind.READING:
            step.state = StepState.FAILED.value
            step.reason = FailedBecause.NOT_TRIED.value
            step.ended_at = now


def _running(row: Commissioning, step: SelfTestStep) -> RunningStep:
    assert step.started_at is not None
    assert step.deadline_at is not None
    return RunningStep(
        kind=StepKind(step.kind),
        level_percent=step.level_percent,
        started_at=step.started_at,
        deadline_at=step.deadline_at,
        readings_since=row.created_at,
    )


async def _seen(
    session: AsyncSession, row: Commissioning, controller: RegisteredController, step: SelfTestStep
) -> Seen:
    if step.command_id is None:
        return await _seen_reading(session, controller)
    light = await handover.standing(session, row.light_point_id, step.command_id)
    return Seen(
        confirmed_level_percent=light.confirmed_level_percent,
        confirmed_at=light.confirmed_at,
        order_state=light.order_state,
        order_detail=light.order_detail,
        order_attempts=light.order_attempts,
        is_ours=light.desired_reason in (None, f"command:{step.command_id}"),
        held_by=light.desired_reason,
    )


async def _seen_reading(session: AsyncSession, controller: RegisteredController) -> Seen:
    latest = (await telemetry.latest(session, [controller.key])).get(controller.key)
    if latest is None:
        return Seen()
    instants = [at for at in (latest.power_at, latest.energy_at, latest.level_at) if at]
    reading = {
        "active_power_w": latest.active_power_w,
        "active_energy_wh": latest.active_energy_wh,
        "supply_voltage_v": latest.supply_voltage_v,
        "level_percent": latest.level_percent,
    }
    return Seen(reading=reading, reading_at=max(instants, default=None))


async def _controller(session: AsyncSession, row: Commissioning) -> RegisteredController:
    return await registry.controller(session, Caller.system("self-test"), row.controller_id)


async def _record(
    session: AsyncSession, caller: Caller, row: Commissioning, action: str, now: datetime
) -> None:
    await audit.record(
        session,
        caller,
        at=now,
        action=action,
        subject_type="commissioning",
        subject_id=row.id,
        organisation_id=row.organisation_id,
        detail={"light_point_id": str(row.light_point_id)},
    )
