"""Use cases of crews: make one, let people in and out, ask who belongs to it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.crews import repository
from gmao.crews.model import CrewView, Member
from gmao.crews.tables import Crew, CrewMember
from kit.access import audit
from kit.access import service as access
from kit.access.model import Caller, Role
from kit.errors import ConflictError, InvalidInputError, NotFoundError, UnauthorisedError

MEMBERS_MAX = 50


class CrewNameTakenError(ConflictError):
    """Two crews of one organisation would bear one name."""

    code = "crew_name_taken"
    title = "There is already a crew of that name"


class CrewFullError(ConflictError):
    """More people than a crew can hold."""

    code = "crew_full"
    title = "This crew is full"


async def create_crew(
    session: AsyncSession, caller: Caller, *, at: datetime, organisation_id: UUID, name: str
) -> CrewView:
    """Make an empty crew. Needs DISPATCH for its organisation."""
    caller.require(Role.DISPATCH, organisation_id)
    if await repository.crew_named(session, organisation_id, name) is not None:
        raise CrewNameTakenError(f"choose another name than {name!r}")
    crew = Crew(organisation_id=organisation_id, name=name, created_at=at)
    session.add(crew)
    await session.flush()
    await _audit(session, caller, crew, at, "crew.create", {"name": name})
    return _view(crew, ())


async def add_member(
    session: AsyncSession,
    caller: Caller,
    crew_id: UUID,
    user_id: UUID,
    *,
    at: datetime,
    is_leader: bool = False,
) -> CrewView:
    """Let a person into a crew, or change whether they lead it. Needs DISPATCH."""
    crew = await _crew_to_change(session, caller, crew_id)
    await _check_person(session, caller, user_id)
    present = await repository.members(session, [crew_id])
    known = next((one for one in present if one.user_id == user_id), None)
    if known is not None:
        known.is_leader = is_leader
    elif len(present) >= MEMBERS_MAX:
        raise CrewFullError(f"a crew holds {MEMBERS_MAX} people; make another crew")
    else:
        session.add(CrewMember(crew_id=crew_id, user_id=user_id, is_leader=is_leader, joined_at=at))
    await session.flush()
    await _audit(
        session,
        caller,
        crew,
        at,
        "crew.add_member",
        {"user_id": str(user_id), "is_leader": is_leader},
    )
    return (await views(session, [crew]))[0]


async def remove_member(
    session: AsyncSession, caller: Caller, crew_id: UUID, user_id: UUID, *, at: datetime
) -> CrewView:
    """Let a person leave a crew; someone who is not in it is no error. Needs DISPATCH."""
    crew = await _crew_to_change(session, caller, crew_id)
    stay = await repository.member(session, crew_id, user_id)
    if stay is not None:
        stay.left_at = at
        await session.flush()
        await _audit(session, caller, crew, at, "crew.remove_member", {"user_id": str(user_id)})
    return (await views(session, [crew]))[0]


async def crews(
    session: AsyncSession,
    caller: Caller,
    *,
    organisation_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> Sequence[CrewView]:
    """The crews a caller may see, by name, with their people."""
    found = await repository.crews(
        session, caller, organisation_id=organisation_id, after=after, limit=limit
    )
    return await views(session, found)


async def crew(session: AsyncSession, caller: Caller, crew_id: UUID) -> CrewView:
    """One crew, unknown to those who may not see it."""
    return (await views(session, [await _visible_crew(session, caller, crew_id)]))[0]


async def crew_ids_of(session: AsyncSession, caller: Caller) -> frozenset[UUID]:
    """The crews the caller is in now."""
    if caller.user_id is None:
        return frozenset()
    return frozenset(await repository.crew_ids_of(session, caller.user_id))


async def names(session: AsyncSession, crew_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Names of crews, for lists that show them."""
    return await repository.names(session, crew_ids) if crew_ids else {}


async def views(session: AsyncSession, found: Sequence[Crew]) -> list[CrewView]:
    """Crews with the people in them now."""
    stays = await repository.members(session, [crew.id for crew in found])
    people = await access.display_names(session, {stay.user_id for stay in stays})
    by_crew: dict[UUID, list[Member]] = defaultdict(list)
    for stay in stays:
        by_crew[stay.crew_id].append(
            Member(stay.user_id, people[stay.user_id], stay.is_leader, stay.joined_at)
        )
    return [_view(crew, by_crew[crew.id]) for crew in found]


def _view(crew: Crew, members: Sequence[Member]) -> CrewView:
    return CrewView(crew.id, crew.organisation_id, crew.name, crew.is_active, tuple(members))


async def _visible_crew(session: AsyncSession, caller: Caller, crew_id: UUID) -> Crew:
    found = await repository.crew(session, caller, crew_id)
    if found is None:
        raise NotFoundError("no such crew; see GET /api/v1/crews")
    return found


async def _crew_to_change(session: AsyncSession, caller: Caller, crew_id: UUID) -> Crew:
    found = await _visible_crew(session, caller, crew_id)
    caller.require(Role.DISPATCH, found.organisation_id)
    return found


async def _check_person(session: AsyncSession, caller: Caller, user_id: UUID) -> None:
    """A member has an open account within what the caller may see, and may work somewhere."""
    try:
        person = await access.caller_of(session, user_id)
    except UnauthorisedError:
        person = None
    known = person is not None and any(map(caller.may_see, person.organisation_ids))
    if person is None or not known:
        raise NotFoundError("no such account among the organisations you see")
    if not person.roles.get(Role.WORK):
        raise InvalidInputError("a crew member needs the role 'work'; ask an administrator")


async def _audit(
    session: AsyncSession,
    caller: Caller,
    crew: Crew,
    at: datetime,
    action: str,
    detail: Mapping[str, object],
) -> None:
    await audit.record(
        session,
        caller,
        at=at,
        action=action,
        subject_type="crew",
        subject_id=crew.id,
        organisation_id=crew.organisation_id,
        detail=detail,
    )
