"""Crews over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gmao.crews import service
from gmao.crews.schemas import CrewAnswer, CrewInput, MemberInput
from kit.access.http import CurrentCaller
from kit.http import ClockDep, Page, PageQuery, SessionDep, page_of
from kit.http.idempotency import IdempotencyKey, idempotent

router = APIRouter(tags=["gmao"])


@router.get("/crews")
async def list_crews(
    session: SessionDep,
    caller: CurrentCaller,
    page: PageQuery,
    organisation_id: Annotated[UUID | None, Query()] = None,
) -> Page[CrewAnswer]:
    """The crews the caller may see, by name, with their people."""
    found = await service.crews(
        session,
        caller,
        organisation_id=organisation_id,
        after=page.after(tuple[str, UUID]),
        limit=page.limit + 1,
    )
    return page_of(
        found, page, key=lambda crew: (crew.name, crew.id), shape=CrewAnswer.model_validate
    )


@router.post("/crews", status_code=201)
async def create_crew(
    session: SessionDep,
    clock: ClockDep,
    caller: CurrentCaller,
    body: CrewInput,
    key: IdempotencyKey = None,
) -> CrewAnswer:
    """Make an empty crew."""

    async def work() -> CrewAnswer:
        made = await service.create_crew(session, caller, at=clock.now(), **body.model_dump())
        return CrewAnswer.model_validate(made)

    return await idempotent(
        session,
        caller,
        key,
        route="crews.create",
        request=body,
        at=clock.now(),
        work=work,
        answer_type=CrewAnswer,
    )


@router.get("/crews/{crew_id}")
async def one_crew(session: SessionDep, caller: CurrentCaller, crew_id: UUID) -> CrewAnswer:
    """One crew with its people."""
    return CrewAnswer.model_validate(await service.crew(session, caller, crew_id))


@router.post("/crews/{crew_id}/members")
async def add_member(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, crew_id: UUID, body: MemberInput
) -> CrewAnswer:
    """Let a person into a crew; saying it twice changes nothing."""
    made = await service.add_member(
        session, caller, crew_id, body.user_id, at=clock.now(), is_leader=body.is_leader
    )
    return CrewAnswer.model_validate(made)


@router.delete("/crews/{crew_id}/members/{user_id}")
async def remove_member(
    session: SessionDep, clock: ClockDep, caller: CurrentCaller, crew_id: UUID, user_id: UUID
) -> CrewAnswer:
    """Let a person leave a crew."""
    left = await service.remove_member(session, caller, crew_id, user_id, at=clock.now())
    return CrewAnswer.model_validate(left)
