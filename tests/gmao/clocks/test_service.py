"""What an organisation agrees on holds for it and below, from then on, never for the past."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.clocks import service
from gmao.clocks.compute import due_at
from gmao.clocks.model import BusinessDayEnd, ClockKind, Elapsed, SuspensionReason, Working
from gmao.clocks.service_levels import Hours, Promise
from gmao.workorders import detail, reading
from kit.access.model import Caller, Role
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from lighting.faults.model import Urgency
from tests.gmao.city import City, after, raised, see_raised
from tests.gmao.web import by

IN_TEN_HOURS = Promise(ClockKind.RESTORE, Elapsed(timedelta(hours=10)), Hours.ALWAYS)
IN_TWENTY_HOURS = Promise(ClockKind.RESTORE, Elapsed(timedelta(hours=20)), Hours.ALWAYS)


@pytest.fixture
def syndicate_id(city: City) -> UUID:
    """The organisation above the town."""
    return next(iter(city.dispatcher.organisation_ids - {city.town_id}))


@pytest.fixture
def administrator(city: City, syndicate_id: UUID) -> Caller:
    """Somebody who may agree for the syndicate and the town."""
    everywhere = frozenset({syndicate_id, city.town_id})
    return Caller(None, "administrator@example.org", "A", roles={Role.ADMINISTER: everywhere})


async def restore_by(session: AsyncSession, organisation_id: UUID, hours: float) -> float:
    """Hours in which an area outage seen at that hour has to be repaired."""
    at = after(hours)
    terms = await service.terms_of(session, organisation_id, at)
    clock = next(one for one in terms[Urgency.U1] if one.kind is ClockKind.RESTORE)
    due = due_at(clock, at)
    assert due is not None
    return (due - at) / timedelta(hours=1)


async def test_without_agreement_the_defaults_hold(session: AsyncSession, city: City) -> None:
    assert await restore_by(session, city.town_id, 0) == 24
    found = await service.service_levels(session, city.viewer, city.town_id, after(0))
    assert len(found) == 11
    assert all(one.organisation_id is None for one in found)


async def test_an_agreement_holds_below_until_something_nearer_is_agreed(
    session: AsyncSession, city: City, administrator: Caller, syndicate_id: UUID
) -> None:
    await service.agree(
        session, administrator, syndicate_id, Urgency.U1, IN_TWENTY_HOURS, at=after(1)
    )
    assert await restore_by(session, city.town_id, 1) == 20
    await service.agree(session, administrator, city.town_id, Urgency.U1, IN_TEN_HOURS, at=after(2))
    assert await restore_by(session, city.town_id, 2) == 10
    assert await restore_by(session, syndicate_id, 2) == 20
    assert await restore_by(session, city.neighbour_id, 2) == 24


async def test_an_agreement_to_come_waits_for_its_day(
    session: AsyncSession, city: City, administrator: Caller
) -> None:
    await service.agree(
        session,
        administrator,
        city.town_id,
        Urgency.U1,
        IN_TEN_HOURS,
        at=after(0),
        valid_from=after(48),
    )
    assert await restore_by(session, city.town_id, 47) == 24
    assert await restore_by(session, city.town_id, 48) == 10


async def test_an_order_keeps_the_promise_it_was_opened_under(
    session: AsyncSession, city: City, administrator: Caller
) -> None:
    alarm = raised(city, urgency=Urgency.U1)
    await see_raised(session, alarm)
    await service.agree(session, administrator, city.town_id, Urgency.U1, IN_TEN_HOURS, at=after(1))
    await see_raised(session, raised(city, hours=2, urgency=Urgency.U0))
    known = await reading.references(session, city.dispatcher, [alarm.alarm_id])
    order = await detail.work_order(
        session, city.dispatcher, known[alarm.alarm_id].id, now=after(3)
    )
    former = [clock.due_at for clock in order.clocks if clock.urgency is Urgency.U1]
    assert after(24) in former


@pytest.mark.parametrize(
    "promise",
    [
        Promise(ClockKind.RESPONSE, Working(timedelta(minutes=90)), Hours.OFFICE),
        Promise(ClockKind.RESTORE, BusinessDayEnd(3), Hours.OFFICE),
        Promise(
            ClockKind.RESTORE,
            Elapsed(timedelta(days=2)),
            Hours.DAYTIME,
            frozenset({SuspensionReason.WAIT_PART}),
        ),
        Promise(ClockKind.RESTORE, BusinessDayEnd(3), Hours.OFFICE, frozenset()),
    ],
)
async def test_a_promise_is_kept_as_it_was_agreed(
    session: AsyncSession, city: City, administrator: Caller, promise: Promise
) -> None:
    await service.agree(session, administrator, city.town_id, Urgency.U3, promise, at=after(0))
    found = await service.service_levels(session, city.viewer, city.town_id, after(0))
    (kept,) = [one.promise for one in found if one.organisation_id == city.town_id]
    assert (kept.kind, kept.budget, kept.hours) == (promise.kind, promise.budget, promise.hours)
    assert kept.effective_pausable_reasons == promise.effective_pausable_reasons


async def test_the_past_and_the_property_of_others_stay_as_they_are(
    session: AsyncSession, city: City, administrator: Caller
) -> None:
    with pytest.raises(InvalidInputError):
        await service.agree(
            session,
            administrator,
            city.town_id,
            Urgency.U1,
            IN_TEN_HOURS,
            at=after(1),
            valid_from=after(0),
        )
    for who, refusal in ((city.dispatcher, ForbiddenError), (city.stranger, NotFoundError)):
        with pytest.raises(refusal):
            await service.agree(session, who, city.town_id, Urgency.U1, IN_TEN_HOURS, at=after(1))


async def test_promises_over_http(client: httpx.AsyncClient, city: City) -> None:
    query = {"organisation_id": str(city.town_id)}
    listed = await client.get("/service-levels", params=query, headers=by(city.viewer))
    first = listed.json()["items"][0]
    assert (first["urgency"], first["kind"]) == ("U0", "make_safe")
    assert first["budget"] == {"unit": "elapsed", "minutes": 120}
    body = query | {"urgency": "U1", "kind": "restore", "hours": "24/7"}
    an_hour = {"unit": "elapsed", "minutes": 60}
    for budget, status in (({"unit": "elapsed"}, 422), (an_hour, 403)):
        answer = await client.put(
            "/service-levels", json=body | {"budget": budget}, headers=by(city.dispatcher)
        )
        assert answer.status_code == status
    unknown = await client.get("/service-levels", params=query, headers=by(city.stranger))
    assert unknown.status_code == 404
