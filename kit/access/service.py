"""Use cases of access: sign in, name the caller, create organisations and accounts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import audit, repository
from kit.access.attempts import FailedSignIns
from kit.access.model import Caller, OrganisationKind, Role
from kit.access.passwords import check_password_rules, hash_password, verify_password
from kit.access.tables import Organisation, RoleAssignment, UserAccount
from kit.errors import InvalidInputError, NotFoundError, UnauthorisedError
from kit.log import get_logger

log = get_logger()


class WrongCredentialsError(UnauthorisedError):
    """Unknown account, wrong password or closed account: not told apart."""

    code = "wrong_credentials"
    title = "Sign-in failed"


async def sign_in(session: AsyncSession, email: str, password: str, *, demo: bool) -> UserAccount:
    """The account that an e-mail and a password open. Demo accounts open only in the demo."""
    account = await repository.account_by_email(session, email)
    fits = await verify_password(account.password_hash if account else None, password)
    if account is None or not fits or not account.is_active or (account.is_demo and not demo):
        raise WrongCredentialsError("the e-mail or the password is not right")
    return account


async def guarded_sign_in(
    session: AsyncSession,
    email: str,
    password: str,
    *,
    failures: FailedSignIns,
    client: str,
    now: datetime,
    demo: bool,
) -> UserAccount:
    """Sign in, unless this account or this client address has failed too often of late."""
    keys = (f"email:{email.strip().lower()}", f"client:{client}")
    failures.check(keys, now)
    try:
        return await sign_in(session, email, password, demo=demo)
    except WrongCredentialsError:
        failures.note(keys, now)
        log.warning("sign-in failed", client=client)
        raise


async def caller_of(session: AsyncSession, user_id: UUID) -> Caller:
    """The caller behind a user id, with the roles held now."""
    account = await repository.account_by_id(session, user_id)
    if account is None or not account.is_active:
        raise UnauthorisedError("this account is closed; sign in with another one")
    return Caller(
        user_id=account.id,
        email=account.email,
        display_name=account.display_name,
        language=account.language,
        roles=await repository.roles_of(session, account.id),
    )


async def organisations(session: AsyncSession, caller: Caller) -> Sequence[Organisation]:
    """Every organisation the caller may see, by name."""
    return await repository.organisations(session, caller)


async def organisation(
    session: AsyncSession, caller: Caller, organisation_id: UUID
) -> Organisation:
    """One organisation, refused as unknown when the caller may not see it."""
    found = await repository.organisation(session, caller, organisation_id)
    if found is None:
        raise NotFoundError("no such organisation; see GET /api/v1/organisations")
    return found


async def descendants(session: AsyncSession, organisation_id: UUID) -> Sequence[UUID]:
    """The organisation and everything below it."""
    return await repository.descendants(session, organisation_id)


async def display_names(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """What people are called, for lists that show who did or does something."""
    return await repository.display_names(session, user_ids) if user_ids else {}


async def create_organisation(
    session: AsyncSession,
    caller: Caller,
    *,
    at: datetime,
    name: str,
    kind: OrganisationKind,
    parent_id: UUID | None = None,
    insee_code: str | None = None,
    timezone: str = "Europe/Paris",
) -> Organisation:
    """Add a node to the tree of territories."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError(
            f"{timezone!r} is not an IANA time zone; write for example Europe/Paris"
        ) from error
    organisation = Organisation(
        name=name,
        kind=kind.value,
        parent_id=parent_id,
        insee_code=insee_code,
        timezone=timezone,
        created_at=at,
    )
    await repository.add_organisation(session, organisation)
    await audit.record(
        session,
        caller,
        at=at,
        action="organisation.create",
        subject_type="organisation",
        subject_id=organisation.id,
        organisation_id=organisation.id,
        detail={"name": name, "kind": kind.value},
    )
    return organisation


async def create_account(
    session: AsyncSession,
    caller: Caller,
    *,
    at: datetime,
    email: str,
    display_name: str,
    password: str,
    roles: Iterable[tuple[Role, UUID]],
    language: str = "fr",
    is_demo: bool = False,
) -> UserAccount:
    """Open an account with its roles; the e-mail is kept in lower case."""
    check_password_rules(password)
    email = email.strip().lower()
    if await repository.account_by_email(session, email) is not None:
        raise InvalidInputError(f"there is already an account for {email}")
    account = UserAccount(
        email=email,
        display_name=display_name,
        password_hash=await hash_password(password),
        language=language,
        is_demo=is_demo,
        created_at=at,
    )
    session.add(account)
    await session.flush()
    given = [(role, organisation_id) for role, organisation_id in roles]
    session.add_all(
        RoleAssignment(user_id=account.id, organisation_id=organisation_id, role=role.value)
        for role, organisation_id in given
    )
    await audit.record(
        session,
        caller,
        at=at,
        action="account.create",
        subject_type="user_account",
        subject_id=account.id,
        detail={"roles": [[role.value, str(where)] for role, where in given]},
    )
    return account
