"""Gathers the facts that explain a light's level, past, present or planned."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller
from lighting.control import repository
from lighting.control.curve import HeldCommand, LevelFrom, expected_curve
from lighting.control.explanation import (
    CommandFact,
    DeliveryFact,
    Explanation,
    Facts,
    ReadingFact,
    SheddingFact,
    explain,
)
from lighting.control.model import DeliveryState
from lighting.control.plan import PlannedLight, sun_place
from lighting.control.rules import ActiveCommand, winning_command
from lighting.control.service import load_assignments
from lighting.control.tables import Command
from lighting.registry.light_points import service as light_points
from lighting.registry.light_points.model import LightPointView
from lighting.solar import service as solar
from lighting.telemetry import service as telemetry
from schedules import service as schedules
from schedules.compute import night_steps
from schedules.model import DimmingStep, Place
from schedules.night import lighting_night

# A reading older than this says nothing about the instant asked for.
READING_AGE_MAX = timedelta(hours=26)
# A span of time leaves its end out: a reading of this very instant counts all the same.
INSTANT = timedelta(microseconds=1)


async def tell(
    session: AsyncSession,
    caller: Caller,
    light_point_id: UUID,
    *,
    at: datetime | None,
    now: datetime,
) -> Explanation:
    """Explain one light at an instant; without one, now."""
    light = await light_points.light_point(session, caller, light_point_id)
    owner = await access.organisation(session, caller, light.organisation_id)
    asked = at or now
    step = await _step(session, light, owner.timezone, asked)
    levels = next(iter(await repository.levels_of(session, [light.id])), None)
    return explain(
        Facts(
            at=asked,
            timezone=owner.timezone,
            step=step,
            shedding=await _shedding(session, light.id, step, asked),
            command=await _command(session, light.id, asked),
            delivery=await _delivery(session, light.id, asked),
            acknowledged=_pair(levels, "acknowledged"),
            previous=_pair(levels, "previous"),
            reading=await _reading(session, light, asked),
            is_planned=asked > now,
        )
    )


def _pair(levels: object, which: str) -> tuple[int | None, datetime | None]:
    if levels is None:
        return None, None
    return levels[f"{which}_level_percent"], levels[f"{which}_at"]  # type: ignore[index]


async def _step(
    session: AsyncSession, light: LightPointView, timezone: str, at: datetime
) -> DimmingStep | None:
    """The step of the programme in force at the instant, by the calendar as it was then."""
    place = sun_place(light.lat_deg, light.lon_deg, timezone)
    calendar_id = (await load_assignments(session)).calendar_of(_planned(light, place))
    if calendar_id is None:
        return None
    system = Caller.system("control")
    sets = await schedules.calendar_sets(session, system, [calendar_id], at)
    if calendar_id not in sets:
        return None
    chosen = sets[calendar_id]
    night = lighting_night(at, timezone)
    steps = night_steps(chosen.calendar, chosen.programs, place, night)
    return next((step for step in reversed(steps) if step.starts_at <= at), None)


async def _shedding(
    session: AsyncSession, light_point_id: UUID, step: DimmingStep | None, at: datetime
) -> SheddingFact | None:
    """What the battery takes off the programme's level, None when it leaves it."""
    shed = await solar.shedding_of(session, light_point_id, at)
    if shed is None or step is None or step.level_percent <= shed.floor_percent:
        return None
    return SheddingFact(
        level_percent=shed.level_percent(step.level_percent),
        charge_percent=shed.charge_percent,
        available_wh=shed.available_wh,
        needed_wh=shed.needed_wh,
        floor_percent=shed.floor_percent,
    )


def _planned(light: LightPointView, place: Place) -> PlannedLight:
    return PlannedLight(
        light_point_id=light.id,
        organisation_id=light.organisation_id,
        cabinet_id=light.cabinet.id if light.cabinet else None,
        controller_key=light.controller.key if light.controller else 0,
        place=place,
    )


async def _command(session: AsyncSession, light_point_id: UUID, at: datetime) -> CommandFact | None:
    held = {row.id: row for row in await repository.commands_at(session, light_point_id, at)}
    winner = winning_command(_active(row) for row in held.values())
    if winner is None:
        return None
    row = held[winner.command_id]
    return CommandFact(
        command_id=str(row.id),
        level_percent=row.level_percent,
        reason=row.reason,
        author=row.author,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _active(row: Command) -> ActiveCommand:
    return ActiveCommand(row.id, row.level_percent, row.priority, row.created_at)


async def _delivery(
    session: AsyncSession, light_point_id: UUID, at: datetime
) -> DeliveryFact | None:
    row = await repository.newest_delivery(session, light_point_id, at)
    if row is None:
        return None
    return DeliveryFact(
        level_percent=row.level_percent,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        acknowledged_at=row.acknowledged_at,
    )


async def _reading(
    session: AsyncSession, light: LightPointView, at: datetime
) -> ReadingFact | None:
    if light.controller is None:
        return None
    period = timedelta(seconds=light.controller.expected_period_s)
    series = await telemetry.series(
        session, light.controller.key, at - READING_AGE_MAX, at + INSTANT, period=period
    )
    if not series.readings:
        return None
    last = series.readings[-1]
    levels = [one.level_percent for one in series.readings if one.level_percent is not None]
    powers = [one.active_power_w for one in series.readings if one.active_power_w is not None]
    return ReadingFact(last.at, levels[-1] if levels else None, powers[-1] if powers else None)


async def curve(
    session: AsyncSession, light: LightPointView, starts_at: datetime, ends_at: datetime
) -> list[LevelFrom]:
    """The level one light should give over a stretch of time, commands included."""
    owner = await access.organisation(session, Caller.system("control"), light.organisation_id)
    place = sun_place(light.lat_deg, light.lon_deg, owner.timezone)
    commands = await repository.commands_between(session, light.id, starts_at, ends_at)
    held = [
        HeldCommand(_active(row), row.created_at, row.ended_at or row.expires_at)
        for row in commands
    ]
    scheduled = await _scheduled(session, light, place, starts_at, ends_at)
    return expected_curve(scheduled, held, starts_at, ends_at)


async def _scheduled(
    session: AsyncSession,
    light: LightPointView,
    place: Place,
    starts_at: datetime,
    ends_at: datetime,
) -> list[LevelFrom]:
    calendar_id = (await load_assignments(session)).calendar_of(_planned(light, place))
    if calendar_id is None:
        return []
    sets = await schedules.calendar_sets(session, Caller.system("control"), [calendar_id], ends_at)
    if calendar_id not in sets:
        return []
    chosen = sets[calendar_id]
    return [
        LevelFrom(step.starts_at, step.level_percent)
        for night in _nights(starts_at, ends_at, place.timezone)
        for step in night_steps(chosen.calendar, chosen.programs, place, night)
    ]


def _nights(starts_at: datetime, ends_at: datetime, timezone: str) -> list[date]:
    first, last = lighting_night(starts_at, timezone), lighting_night(ends_at, timezone)
    return [first + timedelta(days=shift) for shift in range((last - first).days + 1)]
