"""A small city for tests of maintenance: two municipalities, their people, lights and a crew."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gmao.crews import service as crews
from gmao.stock.catalogue import create_store
from gmao.stock.model import StoreKind
from gmao.workorders.model import Status
from gmao.workorders.reactions import note_alarm_cleared, propose_from_alarm
from gmao.workorders.requests import Completion, Told
from gmao.workorders.rules import MoveRequest
from gmao.workorders.service import transition
from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from kit.db import Database
from kit.ids import new_id
from lighting.faults.model import AlarmCleared, AlarmRaised, AssetType, Cause, Urgency
from lighting.registry.light_points.model import NewLightPoint
from lighting.registry.light_points.service import create_light_point
from lighting.registry.network.model import NewCabinet
from lighting.registry.network.service import create_cabinet

SYSTEM = Caller.system("tests")
START = datetime(2026, 11, 20, 17, tzinfo=UTC)  # a Friday, 18:00 in Paris
PASSWORD = "a long enough password"
LON_DEG, LAT_DEG = 5.0415, 47.322


def after(hours: float) -> datetime:
    """That many hours after the start."""
    return START + timedelta(hours=hours)


def told(hours: float, expected_version: int | None = None) -> Told:
    """Said that many hours after the start."""
    return Told(after(hours), expected_version=expected_version)


@dataclass(frozen=True, slots=True)
class City:
    """Who and what there is."""

    town_id: UUID
    neighbour_id: UUID
    dispatcher: Caller
    worker: Caller
    idler: Caller
    viewer: Caller
    stranger: Caller
    crew_id: UUID
    other_crew_id: UUID
    store_id: UUID
    cabinet_id: UUID
    light_ids: tuple[UUID, ...]


async def build_city(database: Database) -> City:
    """Write the city into an empty database."""
    async with database.session() as session:
        syndicate = await _organisation(session, "Syndicat", OrganisationKind.SYNDICATE, None)
        town = await _organisation(session, "Ville", OrganisationKind.MUNICIPALITY, syndicate)
        neighbour = await _organisation(session, "Voisine", OrganisationKind.MUNICIPALITY, None)
        dispatcher = await _person(session, "dispatcher", Role.DISPATCH, syndicate)
        worker = await _person(session, "worker", Role.WORK, syndicate)
        idler = await _person(session, "idler", Role.WORK, syndicate)
        cabinet_id = await _cabinet(session, town)
        return City(
            town_id=town,
            neighbour_id=neighbour,
            dispatcher=dispatcher,
            worker=worker,
            idler=idler,
            viewer=await _person(session, "viewer", Role.SEE, town),
            stranger=await _person(session, "stranger", Role.DISPATCH, neighbour),
            crew_id=await _crew(session, dispatcher, syndicate, "Nord", worker),
            other_crew_id=await _crew(session, dispatcher, syndicate, "Sud", idler),
            store_id=await _store(session, dispatcher, syndicate),
            cabinet_id=cabinet_id,
            light_ids=tuple([await _light(session, town, cabinet_id, n) for n in range(6)]),
        )


async def _organisation(
    session: AsyncSession, name: str, kind: OrganisationKind, parent_id: UUID | None
) -> UUID:
    made = await access.create_organisation(
        session, SYSTEM, at=START, name=name, kind=kind, parent_id=parent_id
    )
    return made.id


async def _person(session: AsyncSession, name: str, role: Role, organisation_id: UUID) -> Caller:
    account = await access.create_account(
        session,
        SYSTEM,
        at=START,
        email=f"{name}@example.org",
        display_name=name.title(),
        password=PASSWORD,
        roles=[(role, organisation_id)],
    )
    return await access.caller_of(session, account.id)


async def _crew(
    session: AsyncSession, dispatcher: Caller, organisation_id: UUID, name: str, member: Caller
) -> UUID:
    crew = await crews.create_crew(
        session, dispatcher, at=START, organisation_id=organisation_id, name=name
    )
    assert member.user_id is not None
    await crews.add_member(session, dispatcher, crew.id, member.user_id, at=START)
    return crew.id


async def _store(session: AsyncSession, dispatcher: Caller, organisation_id: UUID) -> UUID:
    store = await create_store(
        session,
        dispatcher,
        at=START,
        organisation_id=organisation_id,
        name="Magasin",
        kind=StoreKind.STORE,
    )
    return store.id


async def _cabinet(session: AsyncSession, organisation_id: UUID) -> UUID:
    new = NewCabinet(organisation_id, "A01", LON_DEG, LAT_DEG, name="Place Darcy")
    return (await create_cabinet(session, SYSTEM, new, at=START)).id


async def _light(
    session: AsyncSession, organisation_id: UUID, cabinet_id: UUID, number: int
) -> UUID:
    new = NewLightPoint(
        organisation_id=organisation_id,
        code=f"L{number:03d}",
        lon_deg=LON_DEG + number * 0.0004,  # thirty metres apart
        lat_deg=LAT_DEG,
        street="Rue de la Liberté",
        cabinet_id=cabinet_id,
    )
    return (await create_light_point(session, SYSTEM, new, at=START)).id


def raised(
    city: City,
    light: int = 0,
    *,
    hours: float = 0,
    cause: Cause = Cause.LAMP_FAILURE,
    urgency: Urgency = Urgency.U3,
) -> AlarmRaised:
    """An alarm of a light."""
    return AlarmRaised(
        alarm_id=new_id(),
        organisation_id=city.town_id,
        asset_type=AssetType.LIGHT_POINT,
        asset_id=city.light_ids[light],
        light_point_id=city.light_ids[light],
        cabinet_id=city.cabinet_id,
        cause=cause,
        urgency=urgency,
        raised_at=after(hours),
    )


def cleared(alarm: AlarmRaised, hours: float) -> AlarmCleared:
    """The end of an alarm."""
    return AlarmCleared(
        alarm_id=alarm.alarm_id,
        organisation_id=alarm.organisation_id,
        asset_type=alarm.asset_type,
        asset_id=alarm.asset_id,
        light_point_id=alarm.light_point_id,
        cabinet_id=alarm.cabinet_id,
        cause=alarm.cause,
        urgency=alarm.urgency,
        cleared_at=after(hours),
    )


async def see_raised(session: AsyncSession, alarm: AlarmRaised) -> None:
    """Let maintenance react to an alarm."""
    await propose_from_alarm(session, alarm, alarm.raised_at)


async def see_cleared(session: AsyncSession, alarm: AlarmRaised, hours: float) -> None:
    """Let maintenance react to the end of an alarm."""
    await note_alarm_cleared(session, cleared(alarm, hours), after(hours))


REPAIRED = Completion(
    failure_mode="light_out", failure_cause="end_of_life", remedy="control_gear_replaced"
)


async def bring_to(
    session: AsyncSession, city: City, work_order_id: UUID, to: Status, hours: float = 1
) -> None:
    """Lead a new order along the usual way, up to work in progress at most."""
    way = (
        (city.dispatcher, MoveRequest(Status.QUALIFIED)),
        (city.dispatcher, MoveRequest(Status.PLANNED, crew_id=city.crew_id)),
        (city.dispatcher, MoveRequest(Status.DISPATCHED)),
        (city.worker, MoveRequest(Status.EN_ROUTE)),
        (city.worker, MoveRequest(Status.ON_SITE, reason="no satellite signal")),
        (city.worker, MoveRequest(Status.IN_PROGRESS, checklist_signed=True)),
    )
    for step, (who, asked) in enumerate(way):
        await transition(session, who, work_order_id, asked, told(hours + step / 10))
        if asked.to is to:
            return
    raise AssertionError(f"the usual way does not lead to {to}")
