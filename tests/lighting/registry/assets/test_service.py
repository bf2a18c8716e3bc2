"""One call returns the tree above and below any asset; one box finds it."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access.model import Caller
from kit.errors import NotFoundError
from lighting.registry import service as registry
from lighting.registry.model import AssetKind, EquipmentKind
from lighting.registry.service import CabinetView, Choice, LightPointView
from tests.lighting.registry.towns import AT, make_controller, make_light

ADDRESS = "70b3d5e75e0000a1"


@pytest.fixture
async def light(
    session: AsyncSession, planner: Caller, town: UUID, cabinet: CabinetView
) -> LightPointView:
    """PL-1, first on circuit A of ARM-7, with a controller; PL-2 on circuit B."""
    first, _ = [
        await make_light(
            *(session, planner, town, code),
            cabinet_id=cabinet.id,
            circuit_id=circuit.id,
            position_on_circuit=1,
        )
        for code, circuit in zip(("PL-1", "PL-2"), cabinet.circuits, strict=True)
    ]
    await make_controller(session, planner, town, ADDRESS)
    choice = Choice(EquipmentKind.CONTROLLER, scanned=ADDRESS)
    await registry.install(session, planner, first.id, choice, at=AT, now=AT)
    return await registry.light_point(session, planner, first.id)


async def test_above_and_below_a_cabinet(
    session: AsyncSession, planner: Caller, cabinet: CabinetView, light: LightPointView
) -> None:
    tree = await registry.tree(session, planner, cabinet.id)
    assert [node.label for node in tree.above] == ["Montpellier"]
    assert [circuit.label for circuit in tree.asset.children] == ["A", "B"]
    (point,) = tree.asset.children[0].children
    assert (point.kind, point.label) == (AssetKind.LIGHT_POINT, "PL-1")
    assert [piece.label for piece in point.children] == [ADDRESS]


async def test_above_and_below_a_light_point(
    session: AsyncSession, planner: Caller, light: LightPointView
) -> None:
    tree = await registry.tree(session, planner, light.id)
    assert [node.label for node in tree.above] == ["Montpellier", "ARM-7", "A"]
    assert [piece.kind for piece in tree.asset.children] == [AssetKind.CONTROLLER]


async def test_above_a_controller_stands_its_light_point(
    session: AsyncSession, planner: Caller, light: LightPointView
) -> None:
    assert light.controller is not None
    tree = await registry.tree(session, planner, light.controller.id)
    assert [node.label for node in tree.above] == ["Montpellier", "ARM-7", "A", "PL-1"]
    assert tree.asset.children == ()


async def test_below_a_town_stand_its_cabinets(
    session: AsyncSession, planner: Caller, town: UUID, light: LightPointView
) -> None:
    tree = await registry.tree(session, planner, town)
    assert [(node.label, node.child_count) for node in tree.asset.children] == [("ARM-7", 2)]
    assert tree.above == []


async def test_a_stranger_finds_no_tree(
    session: AsyncSession, stranger: Caller, cabinet: CabinetView, light: LightPointView
) -> None:
    for asset_id in (cabinet.id, light.id):
        with pytest.raises(NotFoundError):
            await registry.tree(session, stranger, asset_id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ARM-7", {"ARM-7"}),
        ("comedie", {"ARM-7"}),
        ("eglise", {"PL-1", "PL-2"}),
        ("PL-2", {"PL-2"}),
        (ADDRESS[:8].upper(), {ADDRESS}),
        ("70", set()),
        ("%%%", set()),
        ("", set()),
    ],
)
async def test_the_search_box(
    session: AsyncSession, planner: Caller, light: LightPointView, text: str, found: set[str]
) -> None:
    assert {one.label for one in await registry.search(session, planner, text)} == found


async def test_a_stranger_searches_in_vain(
    session: AsyncSession, stranger: Caller, light: LightPointView
) -> None:
    for text in ("PL-1", "ARM-7", ADDRESS):
        assert await registry.search(session, stranger, text) == []


async def test_assets_of_any_kind_have_a_name(
    session: AsyncSession, cabinet: CabinetView, light: LightPointView, town: UUID
) -> None:
    names = await registry.names(session, [cabinet.id, light.id, town])
    assert {name.label for name in names.values()} == {"ARM-7", "PL-1", "Montpellier"}
    assert names[light.id].organisation_id == town
