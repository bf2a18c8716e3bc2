"""What a crew reports done in the app is mended in the street, and the light answers."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.demo.records import DemoFolder, Record
from app.demo.repairs import Lookout, Mended, Swapped, apply
from app.demo.returning import catch_up
from gmao.workorders import completion, reading, service
from gmao.workorders.model import OPEN, OrderFilter, Status
from gmao.workorders.requests import Completion, Told
from gmao.workorders.rules import MoveRequest
from gmao.workorders.schemas import WorkOrderAnswer
from kit.access import service as access
from kit.access.model import Caller
from kit.db import Database
from lighting.registry.equipment import service as equipment
from lighting.registry.equipment.model import NewController
from lighting.registry.installations import service as installations
from lighting.registry.installations.model import Choice
from lighting.registry.model import EquipmentKind
from simulator.city import City
from simulator.keeping import keep, take_up
from simulator.model import Lamp, SeededFault, TruthKind
from tests.app.demo.towns import NOW, hours_before, make_town, timing

SYSTEM = Caller.system("test")
DEAD, WEAK = 3, 9
FAULTS = (
    SeededFault(DEAD, TruthKind.LAMP_FAILURE, hours_before(19)),
    SeededFault(WEAK, TruthKind.POWER_LOW, hours_before(19)),
)
AN_HOUR = timedelta(hours=1)
ON_THE_WAY = (
    MoveRequest(Status.QUALIFIED),
    MoveRequest(Status.PLANNED),
    MoveRequest(Status.DISPATCHED),
    MoveRequest(Status.EN_ROUTE),
    MoveRequest(Status.ON_SITE, reason="no network"),
    MoveRequest(Status.IN_PROGRESS, checklist_signed=True),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    return DemoFolder(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
async def town(database: Database, folder: DemoFolder) -> Record:
    return await make_town(database, folder.city.parent, FAULTS)


@pytest.fixture
async def lookout(town: Record, folder: DemoFolder, database: Database) -> Lookout:
    """A look at the orders as they were when the street began to live."""
    city, _ = take_up(folder.city)
    one = Lookout(database, city.at, {lamp.site: lamp.address for lamp in city.lamps})
    async with database.session() as session:
        await one.look(session)
    assert one.news.empty()
    return one


async def order_at(database: Database, city: City, lamp: int) -> WorkOrderAnswer:
    async with database.session() as session:
        found = await reading.work_orders(
            session,
            SYSTEM,
            OrderFilter(light_point_id=UUID(city.lamps[lamp].site)),
            now=NOW,
            after=None,
            limit=1,
        )
    return found[0]


async def complete(
    database: Database, town: Record, order: WorkOrderAnswer, remedy: str, at: datetime
) -> None:
    """The dispatcher and the crew do all that is left to do of an order."""
    done = Completion(failure_mode="light_out", failure_cause="end_of_life", remedy=remedy)
    async with database.session() as session:
        dispatcher = await access.caller_of(session, town.users["dispatcher@demo.city"])
        statuses = [move.to for move in ON_THE_WAY]
        taken = statuses.index(order.status) + 1 if order.status in statuses else 0
        for move in ON_THE_WAY[taken:]:
            asked = MoveRequest(
                move.to,
                reason=move.reason,
                checklist_signed=move.checklist_signed,
                crew_id=town.crews[0] if move.to is Status.PLANNED else None,
            )
            await service.transition(session, dispatcher, order.id, asked, Told(at))
        await completion.complete(session, dispatcher, order.id, done, Told(at))


async def test_the_light_answers_a_repair_made_in_the_app(
    database: Database, folder: DemoFolder, town: Record, lookout: Lookout
) -> None:
    city, seed = take_up(folder.city)
    order = await order_at(database, city, DEAD)
    assert order.status in OPEN
    done_at = city.at + AN_HOUR
    await complete(database, town, order, "lamp_replaced", done_at)
    async with database.session() as session:
        await lookout.look(session)
        await lookout.look(session)
    news = lookout.news.get_nowait()
    assert news == Mended(city.lamps[DEAD].site, done_at)
    assert lookout.news.empty()  # told once

    city.advance(done_at)
    apply(news, city)
    assert not city.is_faulty(TruthKind.LAMP_FAILURE).any()
    keep(city, seed, folder.city)
    later = NOW + timedelta(hours=15)
    await catch_up(database, folder, town, now=later, timing=timing())
    assert (await order_at(database, city, DEAD)).status is Status.VERIFIED


async def test_work_that_mended_nothing_mends_nothing(
    database: Database, folder: DemoFolder, town: Record, lookout: Lookout
) -> None:
    city, _ = take_up(folder.city)
    order = await order_at(database, city, WEAK)
    await complete(database, town, order, "no_action", city.at + AN_HOUR)
    async with database.session() as session:
        await lookout.look(session)
    assert _all(lookout) == []


async def test_a_controller_swapped_in_the_app_speaks_for_its_lamp(
    database: Database, folder: DemoFolder, town: Record, lookout: Lookout
) -> None:
    city, _ = take_up(folder.city)
    site, address = city.lamps[0].site, "02de30fffffffffe"
    new = NewController(
        address=address, network="chirpstack:x", profile="nas/ul20xx", expected_period_s=3600
    )
    async with database.session() as session:
        made = await equipment.create_controller(session, SYSTEM, town.commune_id, new, at=NOW)
        choice = Choice(EquipmentKind.CONTROLLER, equipment_id=made.id)
        await installations.install(session, SYSTEM, UUID(site), choice, at=NOW, now=NOW)
        await lookout.look(session)
    assert Swapped(site, address) in _all(lookout)
    apply(Swapped(site, address), city)
    assert city.index[address] == 0
    assert city.lamps[0].address == address


def test_a_fault_that_came_after_the_repair_stays() -> None:
    city = _one_lamp(SeededFault(0, TruthKind.LAMP_FAILURE, NOW))
    apply(Mended("here", NOW - timedelta(hours=1)), city)
    assert city.is_faulty(TruthKind.LAMP_FAILURE).all()
    apply(Mended("elsewhere", NOW), city)
    assert city.is_faulty(TruthKind.LAMP_FAILURE).all()
    apply(Mended("here", NOW), city)
    assert not city.is_faulty(TruthKind.LAMP_FAILURE).any()


def _one_lamp(fault: SeededFault) -> City:
    lamp = Lamp("02de300000000001", "chirpstack:app", "gw", 50.0, 1.0, 43.6, 3.88, "here")
    return City([lamp], NOW + timedelta(minutes=5), [fault])


def _all(lookout: Lookout) -> list[object]:
    found: list[object] = []
    while not lookout.news.empty():
        found.append(lookout.news.get_nowait())
    return found
