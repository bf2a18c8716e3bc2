"""Accounts, roles and what a caller may see."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service
from kit.access.attempts import FAILURES_MAX, WINDOW, FailedSignIns, TooManySignInsError
from kit.access.model import Caller, OrganisationKind, Role
from kit.access.tables import AuditEntry
from kit.access.tokens import Tokens
from kit.clock import FixedClock
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError, UnauthorisedError

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
SYSTEM = Caller.system("test")
PASSWORD = "a long enough password"


async def tree(session: AsyncSession) -> dict[str, UUID]:
    """A syndicate with two communes, one of them with a district, and a stranger."""

    async def add(name: str, kind: OrganisationKind, parent: UUID | None = None) -> UUID:
        one = await service.create_organisation(
            session, SYSTEM, at=AT, name=name, kind=kind, parent_id=parent
        )
        return one.id

    syndicate = await add("Syndicat", OrganisationKind.SYNDICATE)
    north = await add("Nord", OrganisationKind.MUNICIPALITY, syndicate)
    return {
        "syndicate": syndicate,
        "north": north,
        "north_port": await add("Port", OrganisationKind.DISTRICT, north),
        "south": await add("Sud", OrganisationKind.MUNICIPALITY, syndicate),
        "elsewhere": await add("Ailleurs", OrganisationKind.MUNICIPALITY),
    }


async def caller_with(session: AsyncSession, role: Role, organisation_id: UUID) -> Caller:
    account = await service.create_account(
        session,
        SYSTEM,
        at=AT,
        email=f"{role}.{organisation_id}@example.org",
        display_name="Someone",
        password=PASSWORD,
        roles=[(role, organisation_id)],
    )
    return await service.caller_of(session, account.id)


async def test_a_role_covers_everything_below_and_nothing_beside(session: AsyncSession) -> None:
    ids = await tree(session)
    caller = await caller_with(session, Role.COMMAND, ids["north"])
    assert caller.organisation_ids == {ids["north"], ids["north_port"]}
    caller.require(Role.COMMAND, ids["north_port"])
    with pytest.raises(ForbiddenError):
        caller.require(Role.COMMAND, ids["south"])
    with pytest.raises(ForbiddenError):
        caller.require(Role.REPORT, ids["north"])


async def test_listing_shows_only_what_the_caller_may_see(session: AsyncSession) -> None:
    ids = await tree(session)
    caller = await caller_with(session, Role.SEE, ids["north"])
    assert [one.name for one in await service.organisations(session, caller)] == ["Nord", "Port"]
    with pytest.raises(NotFoundError):
        await service.organisation(session, caller, ids["elsewhere"])


async def test_a_caller_without_role_sees_nothing(session: AsyncSession) -> None:
    await tree(session)
    assert await service.organisations(session, Caller(None, "", "nobody")) == []


async def test_signing_in_needs_the_right_password(session: AsyncSession) -> None:
    ids = await tree(session)
    caller = await caller_with(session, Role.SEE, ids["north"])
    account = await service.sign_in(session, caller.email.upper(), PASSWORD, demo=False)
    assert account.id == caller.user_id
    for email, password in ((caller.email, "another password"), ("nobody@example.org", PASSWORD)):
        with pytest.raises(service.WrongCredentialsError):
            await service.sign_in(session, email, password, demo=False)


async def test_guessing_is_slowed_down_even_for_the_right_password(session: AsyncSession) -> None:
    ids = await tree(session)
    caller = await caller_with(session, Role.SEE, ids["north"])
    failures = FailedSignIns()

    async def attempt(password: str, client: str, now: datetime) -> None:
        await service.guarded_sign_in(
            session,
            caller.email,
            password,
            failures=failures,
            client=client,
            now=now,
            demo=False,
        )

    for number in range(FAILURES_MAX):
        with pytest.raises(service.WrongCredentialsError):
            await attempt("a wrong password", f"10.0.0.{number}", AT)
    with pytest.raises(TooManySignInsError):
        await attempt(PASSWORD, "10.0.0.99", AT)
    await attempt(PASSWORD, "10.0.0.99", AT + WINDOW)


async def test_demo_accounts_open_in_the_demo_only(session: AsyncSession) -> None:
    await service.create_account(
        session,
        SYSTEM,
        at=AT,
        email="operator@demo.city",
        display_name="Operator",
        password="reverbere-demo",
        roles=[],
        is_demo=True,
    )
    await service.sign_in(session, "operator@demo.city", "reverbere-demo", demo=True)
    with pytest.raises(service.WrongCredentialsError):
        await service.sign_in(session, "operator@demo.city", "reverbere-demo", demo=False)


async def test_short_passwords_and_second_accounts_are_refused(session: AsyncSession) -> None:
    ids = await tree(session)
    caller = await caller_with(session, Role.SEE, ids["north"])
    for email, password in (("new@example.org", "short"), (caller.email, PASSWORD)):
        with pytest.raises(InvalidInputError):
            await service.create_account(
                session,
                SYSTEM,
                at=AT,
                email=email,
                display_name="x",
                password=password,
                roles=[],
            )


async def test_every_write_leaves_an_audit_entry(session: AsyncSession) -> None:
    ids = await tree(session)
    await caller_with(session, Role.SEE, ids["north"])
    await session.flush()
    actions = (await session.scalars(sa.select(AuditEntry.action))).all()  # type: ignore[call-overload]
    assert sorted(actions) == ["account.create", *["organisation.create"] * 5]


def test_a_token_names_its_user_until_it_expires() -> None:
    clock = FixedClock(AT)
    tokens = Tokens("k" * 32, timedelta(hours=1), clock)
    user_id = UUID(int=7)
    token = tokens.issue(user_id)
    assert tokens.read(token) == user_id
    clock.advance(timedelta(hours=1))
    with pytest.raises(UnauthorisedError, match="expired"):
        tokens.read(token)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param("", id="empty"),
        pytest.param("not.a.token", id="junk"),
        pytest.param("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", id="unsigned"),
        pytest.param(Tokens("x" * 32, timedelta(hours=1)).issue(UUID(int=7)), id="other key"),
    ],
)
def test_a_forged_token_is_refused(forged: str) -> None:
    with pytest.raises(UnauthorisedError):
        Tokens("k" * 32, timedelta(hours=1)).read(forged)


def test_a_short_signing_key_is_refused() -> None:
    with pytest.raises(ValueError, match="openssl rand"):
        Tokens("short", timedelta(hours=1))
