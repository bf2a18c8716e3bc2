"""What sensors measured, told: put together by steps, small counts withheld."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import InvalidInputError
from lighting.sensors import keeping, repository, service
from lighting.sensors.model import PERIOD, Period, SensorFilter, SensorView, Step, ToldPeriod
from lighting.sensors.rules import told

# A quarter of a year of quarters of an hour: what one answer holds.
PERIODS_PER_ANSWER_MAX = 9_000
# A month of a hundred sensors: some 300,000 lines.
PUBLISHED_DAYS_MAX = 31
PUBLISHED_SENSORS_MAX = 100


async def periods(
    session: AsyncSession,
    caller: Caller,
    sensor_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    step: Step,
) -> tuple[SensorView, Sequence[ToldPeriod]]:
    """What one sensor measured, as it may be told, oldest first."""
    if ends_at <= starts_at:
        raise InvalidInputError("'to' must come after 'from'")
    sensor = await service.sensor_of(session, caller, sensor_id)
    return sensor, await told_periods(session, sensor, starts_at, ends_at, step)


def latest(sensor: SensorView) -> ToldPeriod | None:
    """The newest quarter of an hour of a sensor, as it may be told."""
    return None if sensor.latest is None else _told(sensor, sensor.latest, Step.QUARTER)


def _told(sensor: SensorView, period: Period, step: Step) -> ToldPeriod:
    return told(
        sensor.quantity,
        period,
        length(period.starts_at, step, sensor.timezone),
        sensor.timezone,
        is_near_dwellings=sensor.is_near_dwellings,
    )


async def told_periods(
    session: AsyncSession,
    sensor: SensorView,
    starts_at: datetime,
    ends_at: datetime,
    step: Step,
) -> Sequence[ToldPeriod]:
    """Periods of a sensor with small counts withheld."""
    found = await keeping.periods(
        *(session, sensor.id, starts_at, ends_at, step, sensor.timezone),
        limit=PERIODS_PER_ANSWER_MAX,
    )
    return [_told(sensor, period, step) for period in found]


def length(starts_at: datetime, step: Step, timezone: str) -> timedelta:
    """How long the step that starts there lasts; a local day has 23 to 25 hours."""
    if step is not Step.DAY:
        return PERIOD if step is Step.QUARTER else timedelta(hours=1)
    local = starts_at.astimezone(ZoneInfo(timezone))
    tomorrow = datetime.combine(local.date() + timedelta(days=1), local.time(), local.tzinfo)
    return timedelta(seconds=tomorrow.timestamp() - starts_at.timestamp())


async def published(
    session: AsyncSession, caller: Caller, starts_at: datetime, ends_at: datetime
) -> Sequence[tuple[SensorView, Sequence[ToldPeriod]]]:
    """What the sensors marked publishable measured, sensor by sensor."""
    if not timedelta() < ends_at - starts_at <= timedelta(days=PUBLISHED_DAYS_MAX):
        raise InvalidInputError(f"publish from one to {PUBLISHED_DAYS_MAX} days at once")
    found = await repository.sensors(
        session, caller, SensorFilter(), publishable_only=True, limit=PUBLISHED_SENSORS_MAX
    )
    return [
        (sensor, await told_periods(session, sensor, starts_at, ends_at, Step.QUARTER))
        for sensor in found
    ]
