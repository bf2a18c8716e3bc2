"""The first account of a new installation."""

from datetime import UTC, datetime

import pytest

from app.accounts import open_administrator
from kit.access import service
from kit.access.model import OrganisationKind, Role
from kit.clock import FixedClock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError

CLOCK = FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
PASSWORD = "thirty lamps on the quay"


async def open_for(
    database: Database,
    email: str,
    organisation: str,
    *,
    new_kind: OrganisationKind | None = None,
    password: str = PASSWORD,
) -> None:
    await open_administrator(
        database,
        CLOCK,
        email=email,
        display_name="Anne Dupont",
        password=password,
        organisation_name=organisation,
        new_kind=new_kind,
    )


async def test_it_rules_the_organisation_made_with_it(database: Database) -> None:
    await open_for(database, "anne@ville.example", "Ville", new_kind=OrganisationKind.MUNICIPALITY)
    async with database.session() as session:
        account = await service.sign_in(session, "anne@ville.example", PASSWORD, demo=False)
        caller = await service.caller_of(session, account.id)
        ville = next(
            each for each in await service.organisations(session, caller) if each.name == "Ville"
        )
    assert all(caller.may(role, ville.id) for role in Role)


async def test_a_second_one_joins_the_same_organisation(database: Database) -> None:
    kind = OrganisationKind.SYNDICATE
    await open_for(database, "first@syndicat.example", "Syndicat", new_kind=kind)
    await open_for(database, "second@syndicat.example", "Syndicat", new_kind=kind)
    async with database.session() as session:
        account = await service.sign_in(session, "second@syndicat.example", PASSWORD, demo=False)
        caller = await service.caller_of(session, account.id)
        seen = [each.name for each in await service.organisations(session, caller)]
    assert seen == ["Syndicat"]


async def test_a_misspelt_organisation_is_not_made_by_accident(database: Database) -> None:
    with pytest.raises(NotFoundError, match="“Viile”"):
        await open_for(database, "paul@ville.example", "Viile")


async def test_a_weak_password_leaves_nothing_behind(database: Database) -> None:
    kind = OrganisationKind.MUNICIPALITY
    with pytest.raises(InvalidInputError):
        await open_for(database, "x@bourg.example", "Bourg", new_kind=kind, password="short")
    with pytest.raises(NotFoundError):
        await open_for(database, "x@bourg.example", "Bourg")
