"""Crews and the people who come and go."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from gmao.crews import service
from gmao.crews.service import CrewNameTakenError
from kit.access.model import Caller
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from tests.gmao.city import City, after


def user_id(caller: Caller) -> UUID:
    assert caller.user_id is not None
    return caller.user_id


async def test_a_crew_lists_its_people(session: AsyncSession, city: City) -> None:
    north = await service.crew(session, city.worker, city.crew_id)
    assert (north.name, [member.name for member in north.members]) == ("Nord", ["Worker"])
    assert city.crew_id in await service.crew_ids_of(session, city.worker)


async def test_letting_somebody_in_twice_changes_who_leads(
    session: AsyncSession, city: City
) -> None:
    await service.add_member(
        session, city.dispatcher, city.crew_id, user_id(city.idler), at=after(1)
    )
    crew = await service.add_member(
        session, city.dispatcher, city.crew_id, user_id(city.idler), at=after(2), is_leader=True
    )
    assert [(member.name, member.is_leader) for member in crew.members] == [
        ("Idler", True),
        ("Worker", False),
    ]


async def test_somebody_may_leave_and_come_back(session: AsyncSession, city: City) -> None:
    for _ in range(2):
        left = await service.remove_member(
            session, city.dispatcher, city.crew_id, user_id(city.worker), at=after(1)
        )
        assert left.members == ()
    assert await service.crew_ids_of(session, city.worker) == frozenset()
    back = await service.add_member(
        session, city.dispatcher, city.crew_id, user_id(city.worker), at=after(2)
    )
    assert len(back.members) == 1


async def test_a_name_is_taken_once(session: AsyncSession, city: City) -> None:
    crew = await service.crew(session, city.dispatcher, city.crew_id)
    with pytest.raises(CrewNameTakenError):
        await service.create_crew(
            session,
            city.dispatcher,
            at=after(1),
            organisation_id=crew.organisation_id,
            name="Nord",
        )


async def test_only_dispatchers_make_crews_up(session: AsyncSession, city: City) -> None:
    with pytest.raises(ForbiddenError):
        await service.add_member(
            session, city.worker, city.crew_id, user_id(city.idler), at=after(1)
        )
    with pytest.raises(ForbiddenError):
        await service.create_crew(
            session, city.viewer, at=after(1), organisation_id=city.town_id, name="Ouest"
        )


async def test_a_member_is_known_and_may_work(session: AsyncSession, city: City) -> None:
    with pytest.raises(InvalidInputError):
        await service.add_member(
            session, city.dispatcher, city.crew_id, user_id(city.viewer), at=after(1)
        )
    for unknown in (user_id(city.stranger), city.town_id):
        with pytest.raises(NotFoundError):
            await service.add_member(session, city.dispatcher, city.crew_id, unknown, at=after(1))


async def test_a_stranger_sees_no_crew(session: AsyncSession, city: City) -> None:
    assert list(await service.crews(session, city.stranger, limit=10)) == []
    with pytest.raises(NotFoundError):
        await service.crew(session, city.stranger, city.crew_id)


async def test_crews_are_listed_by_name(session: AsyncSession, city: City) -> None:
    first = await service.crews(session, city.dispatcher, limit=1)
    rest = await service.crews(
        session, city.dispatcher, after=(first[0].name, first[0].id), limit=10
    )
    assert [crew.name for crew in (*first, *rest)] == ["Nord", "Sud"]
