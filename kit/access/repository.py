"""Every query about organisations, accounts and roles."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kit.access.model import Caller, Role
from kit.access.scope import visible
from kit.access.tables import Organisation, OrganisationClosure, RoleAssignment, UserAccount


async def account_by_email(session: AsyncSession, email: str) -> UserAccount | None:
    query = sa.select(UserAccount).where(col(UserAccount.email) == email.strip().lower())
    return (await session.scalars(query)).first()


async def account_by_id(session: AsyncSession, user_id: UUID) -> UserAccount | None:
    return await session.get(UserAccount, user_id)


async def roles_of(session: AsyncSession, user_id: UUID) -> Mapping[Role, frozenset[UUID]]:
    """Each role with every organisation it covers."""
    query = (
        sa.select(RoleAssignment.role, OrganisationClosure.descendant_id)  # type: ignore[call-overload]
        .join(
            OrganisationClosure,
            col(OrganisationClosure.ancestor_id) == col(RoleAssignment.organisation_id),
        )
        .where(col(RoleAssignment.user_id) == user_id)
    )
    covered: dict[Role, set[UUID]] = defaultdict(set)
    for role, organisation_id in (await session.execute(query)).all():
        covered[Role(role)].add(organisation_id)
    return {role: frozenset(ids) for role, ids in covered.items()}


async def organisations(session: AsyncSession, caller: Caller) -> Sequence[Organisation]:
    query = (
        sa.select(Organisation)
        .where(visible(Organisation.id, caller))
        .order_by(col(Organisation.name), col(Organisation.id))
    )
    return (await session.scalars(query)).all()


async def organisation(
    session: AsyncSession, caller: Caller, organisation_id: UUID
) -> Organisation | None:
    query = sa.select(Organisation).where(
        col(Organisation.id) == organisation_id, visible(Organisation.id, caller)
    )
    return (await session.scalars(query)).first()


async def add_organisation(session: AsyncSession, organisation: Organisation) -> None:
    """Insert a node and its paths to itself and to every ancestor."""
    session.add(organisation)
    await session.flush()
    session.add(OrganisationClosure(ancestor_id=organisation.id, descendant_id=organisation.id))
    if organisation.parent_id is not None:
        query = sa.select(OrganisationClosure.ancestor_id).where(  # type: ignore[call-overload]
            col(OrganisationClosure.descendant_id) == organisation.parent_id
        )
        session.add_all(
            OrganisationClosure(ancestor_id=ancestor_id, descendant_id=organisation.id)
            for ancestor_id in (await session.scalars(query)).all()
        )
    await session.flush()


async def descendants(session: AsyncSession, organisation_id: UUID) -> Sequence[UUID]:
    query = sa.select(OrganisationClosure.descendant_id).where(  # type: ignore[call-overload]
        col(OrganisationClosure.ancestor_id) == organisation_id
    )
    return (await session.scalars(query)).all()


async def display_names(session: AsyncSession, user_ids: Collection[UUID]) -> Mapping[UUID, str]:
    query = sa.select(col(UserAccount.id), col(UserAccount.display_name)).where(
        col(UserAccount.id).in_(user_ids)
    )
    return {user_id: name for user_id, name in (await session.execute(query)).all()}
