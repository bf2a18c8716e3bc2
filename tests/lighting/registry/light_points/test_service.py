"""Light points: created, changed, listed, searched, and seen by their own people only."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller, Role
from kit.errors import ForbiddenError, InvalidInputError, NotFoundError
from lighting.registry import service as registry
from lighting.registry.light_points.service import LightPointRefusedError
from lighting.registry.model import AssetState
from lighting.registry.rules import IllegalStateMoveError
from lighting.registry.service import Box, CabinetView, LightPointFilter
from tests.lighting.registry.towns import AT, caller, make_light

ALL = LightPointFilter()


async def codes(session: AsyncSession, who: Caller, wanted: LightPointFilter = ALL) -> list[str]:
    return [one.code for one in await registry.light_points(session, who, wanted)]


async def test_a_light_point_is_shown_with_what_feeds_it(
    session: AsyncSession, planner: Caller, town: UUID, cabinet: CabinetView
) -> None:
    circuit = cabinet.circuits[0]
    made = await make_light(
        *(session, planner, town, "PL-1"),
        cabinet_id=cabinet.id,
        circuit_id=circuit.id,
        position_on_circuit=3,
    )
    shown = await registry.light_point(session, planner, made.id)
    assert (shown.code, shown.position_on_circuit) == ("PL-1", 3)
    assert shown.cabinet is not None
    assert shown.cabinet.code == "ARM-7"
    assert shown.circuit is not None
    assert shown.circuit.code == circuit.code
    assert shown.luminaire is None
    assert shown.organisation_id == town


async def test_a_stranger_sees_and_changes_nothing(
    session: AsyncSession, planner: Caller, stranger: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    assert await codes(session, stranger) == []
    with pytest.raises(NotFoundError):
        await registry.light_point(session, stranger, made.id)
    with pytest.raises(NotFoundError):
        await registry.change_light_point(session, stranger, made.id, {"street": "x"}, at=AT)
    with pytest.raises(NotFoundError):
        await make_light(session, stranger, town, "PL-2")


async def test_a_stranger_cannot_feed_lights_from_our_cabinet(
    session: AsyncSession, stranger: Caller, cabinet: CabinetView
) -> None:
    (theirs,) = stranger.organisation_ids
    with pytest.raises(NotFoundError, match="choose one of yours"):
        await make_light(session, stranger, theirs, "PL-1", cabinet_id=cabinet.id)


async def test_seeing_is_not_planning(session: AsyncSession, planner: Caller, town: UUID) -> None:
    made = await make_light(session, planner, town, "PL-1")
    viewer = caller(town, roles=(Role.SEE,))
    assert await codes(session, viewer) == ["PL-1"]
    with pytest.raises(ForbiddenError):
        await registry.change_light_point(session, viewer, made.id, {"street": "x"}, at=AT)


async def test_a_number_names_one_light_point_of_an_organisation(
    session: AsyncSession, planner: Caller, stranger: Caller, town: UUID
) -> None:
    await make_light(session, planner, town, "PL-1")
    with pytest.raises(LightPointRefusedError, match="PL-1"):
        await make_light(session, planner, town, "PL-1")
    (elsewhere,) = stranger.organisation_ids
    await make_light(session, stranger, elsewhere, "PL-1")


async def test_a_circuit_of_another_cabinet_is_refused(
    session: AsyncSession, planner: Caller, town: UUID, cabinet: CabinetView
) -> None:
    other = await registry.create_cabinet(
        session, planner, registry.NewCabinet(town, "ARM-8", 3.88, 43.61), at=AT
    )
    with pytest.raises(LightPointRefusedError, match="not one of that cabinet"):
        await make_light(
            *(session, planner, town, "PL-1"),
            cabinet_id=other.id,
            circuit_id=cabinet.circuits[0].id,
        )


async def test_the_database_itself_refuses_an_unknown_state(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    with pytest.raises(IntegrityError, match="ck_light_point_state"):
        await session.execute(
            sa.text("UPDATE light_point SET state = 'lost' WHERE id = :id"), {"id": made.id}
        )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (LightPointFilter(q="eglise"), ["PL-0001"]),
        (LightPointFilter(q="rue ÉGL"), ["PL-0001"]),
        (LightPointFilter(q="pl 1"), ["PL-0001"]),
        (LightPointFilter(q="PL-000"), ["PL-0001", "PL-0002"]),
        (LightPointFilter(q="rue marne"), []),
        (LightPointFilter(q="%"), []),
        (LightPointFilter(street="QUAI DE"), ["PL-0002"]),
        (LightPointFilter(street="de la"), []),
        (LightPointFilter(state=AssetState.IN_SERVICE), ["PL-0002"]),
        (LightPointFilter(box=Box(3.87, 43.60, 3.88, 43.61)), ["PL-0001"]),
        (LightPointFilter(box=Box(3.80, 43.50, 4.00, 43.70)), ["PL-0001", "PL-0002"]),
    ],
    ids=repr,
)
async def test_light_points_are_found(
    session: AsyncSession, planner: Caller, town: UUID, wanted: LightPointFilter, found: list[str]
) -> None:
    await make_light(session, planner, town, "PL-0001")
    await make_light(
        *(session, planner, town, "PL-0002"),
        street="Quai de la Marne",
        lon_deg=3.95,
        state=AssetState.IN_SERVICE,
    )
    assert await codes(session, planner, wanted) == found


async def test_pages_follow_each_other_by_number(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    for number in (3, 1, 2):
        await make_light(session, planner, town, f"PL-{number}")
    first = await registry.light_points(session, planner, ALL, limit=2)
    last = first[-1]
    rest = await registry.light_points(session, planner, ALL, after=(last.code, last.id), limit=2)
    assert [one.code for one in (*first, *rest)] == ["PL-1", "PL-2", "PL-3"]


async def test_a_folder_above_may_narrow_a_list(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    one, _ = [await make_light(session, planner, town, code) for code in ("PL-1", "PL-2")]
    among = sa.select(sa.cast(one.id, sa.Uuid))
    found = await registry.light_points(session, planner, ALL, among=among)
    assert [found_one.code for found_one in found] == ["PL-1"]


async def test_a_change_moves_the_words_and_the_place_with_it(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    changed = await registry.change_light_point(
        *(session, planner, made.id, {"street": "Place de la Comédie", "lon_deg": 2.35}), at=AT
    )
    assert (changed.id, changed.key, changed.lon_deg) == (made.id, made.key, 2.35)
    assert await codes(session, planner, LightPointFilter(q="comedie")) == ["PL-1"]
    assert await codes(session, planner, LightPointFilter(q="eglise")) == []
    assert await codes(session, planner, LightPointFilter(box=Box(2, 43, 3, 44))) == ["PL-1"]


async def test_a_removed_light_point_stays_removed(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    gone = {"state": AssetState.REMOVED}
    await registry.change_light_point(session, planner, made.id, gone, at=AT)
    back = {"state": AssetState.IN_SERVICE}
    with pytest.raises(IllegalStateMoveError):
        await registry.change_light_point(session, planner, made.id, back, at=AT)


async def test_an_identity_cannot_be_changed(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    made = await make_light(session, planner, town, "PL-1")
    with pytest.raises(InvalidInputError, match="organisation_id"):
        await registry.change_light_point(
            session, planner, made.id, {"organisation_id": town}, at=AT
        )
