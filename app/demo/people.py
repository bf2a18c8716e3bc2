"""The people of the demo city: a syndicate, its commune, five accounts and two crews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.demo.model import DemoAccount
from gmao.crews import service as crews
from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role

PASSWORD = "reverbere-demo"
SYNDICATE = "Syndicat d'éclairage (démonstration)"
COMMUNE = "Montpellier (démonstration)"
INSEE_CODE = "34172"
CREWS = ("Équipe Nord", "Équipe Sud")


@dataclass(frozen=True, slots=True)
class Person:
    """A demo account: name, what it opens with, and its roles over the whole syndicate."""

    email: str
    display_name: str
    title: str
    roles: tuple[Role, ...]


PEOPLE: Sequence[Person] = (
    Person(
        "operator@demo.city",
        "Olivia, télégestionnaire",
        "operator: map, incidents, commands, calendars",
        (Role.SEE, Role.COMMAND, Role.PLAN, Role.DISPATCH),
    ),
    Person(
        "dispatcher@demo.city",
        "Driss, ordonnanceur",
        "dispatcher: work orders and crews",
        (Role.SEE, Role.DISPATCH),
    ),
    Person("crew@demo.city", "Camille, monteuse", "crew: on a phone", (Role.SEE, Role.WORK)),
    Person("finance@demo.city", "Farah, finances", "finance: reports", (Role.SEE, Role.REPORT)),
    Person("admin@demo.city", "Alix, administration", "administrator", tuple(Role)),
)

ACCOUNTS: Sequence[DemoAccount] = tuple(
    DemoAccount(person.email, PASSWORD, person.title) for person in PEOPLE
)


@dataclass(frozen=True, slots=True)
class Population:
    """Who and where: identifiers other parts of the demo build on."""

    commune_id: UUID
    users: Mapping[str, UUID]
    crews: Sequence[UUID]


async def settle(session: AsyncSession, at: datetime) -> Population:
    """Make organisations, accounts and crews of an empty database."""
    system = Caller.system("demo")
    syndicate = await access.create_organisation(
        session, system, at=at, name=SYNDICATE, kind=OrganisationKind.SYNDICATE
    )
    commune = await access.create_organisation(
        session,
        system,
        at=at,
        name=COMMUNE,
        kind=OrganisationKind.MUNICIPALITY,
        parent_id=syndicate.id,
        insee_code=INSEE_CODE,
    )
    users = {}
    for person in PEOPLE:
        account = await access.create_account(
            session,
            system,
            at=at,
            email=person.email,
            display_name=person.display_name,
            password=PASSWORD,
            roles=[(role, syndicate.id) for role in person.roles],
            is_demo=True,
        )
        users[person.email] = account.id
    made = [
        await crews.create_crew(session, system, at=at, organisation_id=commune.id, name=name)
        for name in CREWS
    ]
    for crew in made:
        await crews.add_member(session, system, crew.id, users["crew@demo.city"], at=at)
    return Population(commune.id, users, [crew.id for crew in made])
