"""Sign-in, the signed-in person, and the organisations they may see."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm

from kit.access import service
from kit.access.http import CurrentCaller
from kit.access.schemas import MeAnswer, OrganisationAnswer, RoleAnswer, TokenAnswer
from kit.http import ClockDep, Page, SessionDep
from kit.http.state import kit_state

router = APIRouter(tags=["access"])


@router.post("/auth/token")
async def sign_in(
    request: Request,
    session: SessionDep,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
) -> TokenAnswer:
    """Exchange an e-mail and password for an access token (OAuth2 password form)."""
    state = kit_state(request)
    account = await service.sign_in(session, form.username, form.password, demo=state.settings.demo)
    return TokenAnswer(
        access_token=state.tokens.issue(account.id),
        expires_in=int(state.tokens.lifetime.total_seconds()),
    )


@router.get("/me")
async def me(
    request: Request, session: SessionDep, clock: ClockDep, caller: CurrentCaller
) -> MeAnswer:
    """The signed-in person, their roles and their organisations."""
    assert caller.user_id is not None
    return MeAnswer(
        id=caller.user_id,
        email=caller.email,
        display_name=caller.display_name,
        language=caller.language,
        roles=[
            RoleAnswer(role=role, organisation_id=organisation_id)
            for role, ids in sorted(caller.roles.items())
            for organisation_id in sorted(ids)
        ],
        organisations=[
            OrganisationAnswer.model_validate(one, from_attributes=True)
            for one in await service.organisations(session, caller)
        ],
        is_demo=kit_state(request).settings.demo,
        now=clock.now(),
    )


@router.get("/organisations")
async def list_organisations(
    session: SessionDep, caller: CurrentCaller
) -> Page[OrganisationAnswer]:
    """Every organisation the caller may see; trees are small, so this is one page."""
    return Page(
        items=[
            OrganisationAnswer.model_validate(one, from_attributes=True)
            for one in await service.organisations(session, caller)
        ]
    )
