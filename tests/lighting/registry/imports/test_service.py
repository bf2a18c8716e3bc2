"""Proposing, applying and undoing imports, and what stands in their way."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from kit.access import service as access
from kit.access.model import Caller, OrganisationKind, Role
from kit.errors import ForbiddenError, NotFoundError
from lighting.registry import service as registry
from lighting.registry.imports import service as imports
from lighting.registry.imports.model import CabinetFacts, Lamp, Outcome
from lighting.registry.imports.service import ImportOutdatedError, ImportStateError
from lighting.registry.imports.tables import ImportRun
from lighting.registry.imports.undoing import ImportUndoRefusedError
from lighting.registry.model import EquipmentKind
from lighting.registry.service import Choice, LightPointFilter, LightPointView, NewCabinet
from tests.lighting.registry.imports.files import lamp_row, our_csv
from tests.lighting.registry.towns import AT, caller, make_controller

LATER = AT + timedelta(days=1)
WHOLE = {
    **{"street": "Rue Haute", "cabinet_code": "ARM-1", "circuit_code": "A"},
    **{"circuit_phase": "L2", "position_on_circuit": 4, "support_height_m": 8.5},
    **{"support_material": "steel", "maker": "Acme", "model": "Rue", "lamp_technology": "LED"},
    **{"rated_power_w": 42, "cct_k": 2200, "luminaire_serial": "LU-1"},
    **{"installed_on": "2019-05-02", "controller_address": "70B3D5E75E000001"},
    **{"controller_network": "chirpstack:main", "controller_profile": "nas/ul20xx"},
    **{"controller_period_s": 900},
}


async def bring(
    session: AsyncSession,
    planner: Caller,
    town: UUID,
    *rows: dict[str, object],
    dry_run: bool = False,
) -> ImportRun:
    return await imports.import_file(
        session, planner, our_csv(*rows), "reverbere_csv", town, dry_run=dry_run, at=AT
    )


async def light(session: AsyncSession, planner: Caller, code: str) -> LightPointView:
    (found,) = await registry.light_points(session, planner, LightPointFilter(q=code))
    return found


async def test_a_whole_row_becomes_a_whole_light_point(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await bring(session, planner, town, lamp_row("PL-1", **WHOLE))
    found = await light(session, planner, "PL-1")
    assert found.cabinet is not None
    assert found.circuit is not None
    assert (found.cabinet.code, found.circuit.code, found.circuit.phase) == ("ARM-1", "A", "L2")
    assert found.support is not None
    assert found.support.height_m == 8.5
    assert found.luminaire is not None
    assert found.luminaire.serial == "LU-1"
    assert found.luminaire.type.cct_k == 2200
    (ref,) = await registry.directory(session)
    assert (ref.address, ref.rated_power_w, ref.in_service) == ("70b3d5e75e000001", 42.0, True)
    stays = {stay.kind: stay for stay in await registry.stays(session, planner, found.id)}
    installed_at = stays[EquipmentKind.LUMINAIRE].installed_at
    assert installed_at.isoformat() == "2019-05-01T22:00:00+00:00"  # midnight in Paris
    assert stays[EquipmentKind.CONTROLLER].installed_at == AT


async def test_importing_twice_changes_nothing(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    row = lamp_row("PL-1", **WHOLE)
    await bring(session, planner, town, row)
    known = await registry.revision(session)
    run = await bring(session, planner, town, row)
    assert (run.counts["unchanged"], run.counts["changed"]) == (1, 0)
    assert (await registry.changes_since(session, known)).present == []


async def test_a_change_is_shown_field_by_field_and_reaches_workers(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await bring(session, planner, town, lamp_row("PL-1", **WHOLE))
    known = await registry.revision(session)
    changed = lamp_row("PL-1", **{**WHOLE, "rated_power_w": 60, "support_height_m": 9})
    run = await bring(session, planner, town, changed, dry_run=True)
    (row,) = await imports.rows(session, planner, run.id, outcome=Outcome.CHANGED)
    assert row.before is not None
    assert row.after is not None
    assert (row.before["rated_power_w"], row.after["rated_power_w"]) == (42.0, 60.0)
    await imports.apply(session, planner, run.id, at=LATER)
    (ref,) = (await registry.changes_since(session, known)).present
    assert ref.rated_power_w == 60.0
    change, _ = await registry.changes(session, planner, ref.light_point_id)
    assert (change.action, change.import_run_id) == ("import", run.id)


async def test_undo_gives_back_what_was(session: AsyncSession, planner: Caller, town: UUID) -> None:
    await bring(session, planner, town, lamp_row("PL-1", **WHOLE))
    before = await light(session, planner, "PL-1")
    changed = {**WHOLE, "street": "Quai", "rated_power_w": 60, "cabinet_code": "ARM-9"}
    run = await bring(
        *(session, planner, town, lamp_row("PL-1", **changed), lamp_row("PL-2")),
    )
    assert (await light(session, planner, "PL-1")).street == "Quai"
    await imports.undo_run(session, planner, run.id, at=LATER)
    assert await light(session, planner, "PL-1") == before
    assert await registry.light_points(session, planner, LightPointFilter(q="PL-2")) == []
    assert [one.code for one in await registry.cabinets(session, planner)] == ["ARM-1"]
    assert run.state == "undone"


async def test_what_was_undone_can_be_brought_again(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    row = lamp_row("PL-1", **WHOLE)
    first = await bring(session, planner, town, row)
    await imports.undo_run(session, planner, first.id, at=LATER)
    assert await registry.directory(session) == []
    second = await bring(session, planner, town, row)
    assert second.counts["created"] == 1
    assert len(await registry.directory(session)) == 1


async def test_undo_is_refused_when_somebody_has_worked_on_it_since(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    run = await bring(session, planner, town, lamp_row("PL-1"), lamp_row("PL-2"))
    found = await light(session, planner, "PL-2")
    await make_controller(session, planner, town, "70b3d5e75e000009")
    scan = Choice(EquipmentKind.CONTROLLER, scanned="70b3d5e75e000009")
    await registry.install(session, planner, found.id, scan, at=LATER, now=LATER)
    with pytest.raises(ImportUndoRefusedError, match=r"1 later changes.*PL-2 \(install_controller"):
        await imports.undo_run(session, planner, run.id, at=LATER)


async def test_undo_is_refused_when_lights_of_others_hang_on_its_cabinet(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    run = await bring(session, planner, town, lamp_row("PL-1", cabinet_code="ARM-1"))
    await bring(session, planner, town, lamp_row("PL-2", cabinet_code="ARM-1"))
    with pytest.raises(ImportUndoRefusedError, match="'light_point' refer by now"):
        await imports.undo_run(session, planner, run.id, at=LATER)
    assert (await light(session, planner, "PL-1")).cabinet is not None


async def test_a_dry_run_that_is_outdated_is_not_applied(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await bring(session, planner, town, lamp_row("PL-1"))
    run = await bring(session, planner, town, lamp_row("PL-1", street="Quai"), dry_run=True)
    found = await light(session, planner, "PL-1")
    await registry.change_light_point(session, planner, found.id, {"street": "Pont"}, at=LATER)
    with pytest.raises(ImportOutdatedError, match="PL-1 first"):
        await imports.apply(session, planner, run.id, at=LATER)


async def test_two_dry_runs_of_one_file_are_applied_once(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    first, second = [
        await bring(session, planner, town, lamp_row("PL-1"), dry_run=True) for _ in range(2)
    ]
    await imports.apply(session, planner, first.id, at=AT)
    with pytest.raises(ImportOutdatedError):
        await imports.apply(session, planner, second.id, at=AT)


async def test_a_run_is_applied_once_and_undone_once(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    run = await bring(session, planner, town, lamp_row("PL-1"), dry_run=True)
    with pytest.raises(ImportStateError, match="it is dry_run"):
        await imports.undo_run(session, planner, run.id, at=AT)
    await imports.apply(session, planner, run.id, at=AT)
    with pytest.raises(ImportStateError, match="it is applied"):
        await imports.apply(session, planner, run.id, at=AT)


async def test_a_number_entered_by_hand_is_not_taken_over(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    new = registry.NewLightPoint(town, "PL-1", 3.87, 43.61)
    await registry.create_light_point(session, planner, new, at=AT)
    run = await bring(session, planner, town, lamp_row("PL-1"))
    (row,) = await imports.rows(session, planner, run.id)
    assert (row.outcome, row.reason_code) == (Outcome.QUARANTINED.value, "code_taken")


async def test_another_controller_than_the_one_there_is_a_swap_not_an_import(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    await bring(session, planner, town, lamp_row("PL-1", **WHOLE))
    other = {**WHOLE, "controller_address": "70b3d5e75e0000ff"}
    run = await bring(session, planner, town, lamp_row("PL-1", **other))
    (row,) = await imports.rows(session, planner, run.id)
    assert row.reason_code == "equipment_replaced"


async def test_a_town_may_hang_its_lights_on_a_cabinet_of_the_syndicate(
    session: AsyncSession, planner: Caller
) -> None:
    system = Caller.system()
    syndicate = await access.create_organisation(
        session, system, at=AT, name="Hérault", kind=OrganisationKind.SYNDICATE
    )
    member = await access.create_organisation(
        session,
        system,
        at=AT,
        name="Palavas",
        kind=OrganisationKind.MUNICIPALITY,
        parent_id=syndicate.id,
    )
    both = caller(syndicate.id, member.id)
    theirs = await registry.create_cabinet(
        session, both, NewCabinet(syndicate.id, "ARM-1", 3.9, 43.5), at=AT
    )
    await bring(session, both, member.id, lamp_row("PL-1", cabinet_code="ARM-1"))
    found = await light(session, both, "PL-1")
    assert found.cabinet is not None
    assert found.cabinet.id == theirs.id
    again = await bring(session, both, member.id, lamp_row("PL-1", cabinet_code="ARM-1"))
    assert again.counts["unchanged"] == 1


async def test_imports_are_for_administrators_and_for_their_own_people(
    session: AsyncSession, planner: Caller, stranger: Caller, town: UUID
) -> None:
    crew = caller(town, roles=(Role.WORK,))
    with pytest.raises(ForbiddenError):
        await bring(session, crew, town, lamp_row("PL-1"))
    run = await bring(session, planner, town, lamp_row("PL-1"))
    with pytest.raises(ForbiddenError):
        await imports.undo_run(session, crew, run.id, at=AT)
    for use in (imports.run, imports.rows):
        with pytest.raises(NotFoundError):
            await use(session, stranger, run.id)
    assert await imports.runs(session, stranger) == []
    assert [one.id for one in await imports.runs(session, planner)] == [run.id]


async def test_one_town_may_use_the_numbers_of_another(
    session: AsyncSession, planner: Caller, stranger: Caller, town: UUID
) -> None:
    (elsewhere,) = stranger.organisation_ids
    await bring(session, planner, town, lamp_row("PL-1"))
    run = await bring(session, stranger, elsewhere, lamp_row("PL-1"))
    assert run.counts["created"] == 1


async def test_lamps_may_come_from_elsewhere_in_the_application(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    lamps = [
        Lamp(
            n, 1, f"demo-{n}", f"demo-{n}", {"lon_deg": 3.87, "lat_deg": 43.6, "cabinet_code": "A"}
        )
        for n in (1, 2)
    ]
    cabinets = {"A": CabinetFacts(3.8, 43.5, "Halles", subscribed_power_kva=12, is_generated=True)}
    run = await imports.import_lamps(
        session, planner, lamps, "demo", town, at=AT, cabinets=cabinets, prefix="D-"
    )
    assert run.counts["created"] == 2
    (cabinet,) = await registry.cabinets(session, planner)
    assert (cabinet.name, cabinet.provenance, cabinet.lon_deg) == ("Halles", "generated", 3.8)
    named = [one.code for one in await registry.light_points(session, planner, LightPointFilter())]
    assert named == ["D-000001", "D-000002"]
    richer = [replace(one, facts={**one.facts, "rated_power_w": 20.0}) for one in lamps]
    again = await imports.import_lamps(session, planner, richer, "demo", town, at=AT)
    assert again.counts["changed"] == 2


async def test_every_write_is_audited(session: AsyncSession, planner: Caller, town: UUID) -> None:
    run = await bring(session, planner, town, lamp_row("PL-1"))
    await imports.undo_run(session, planner, run.id, at=AT)
    await session.flush()
    actions = await session.execute(
        sa.text("SELECT action FROM audit_entry WHERE subject_id = :id ORDER BY id"),
        {"id": str(run.id)},
    )
    assert list(actions.scalars()) == ["import.propose", "import.apply", "import.undo"]


async def test_dry_runs_that_nobody_applied_are_forgotten_and_the_others_kept(
    session: AsyncSession, planner: Caller, town: UUID
) -> None:
    dry = await bring(session, planner, town, lamp_row("PL-1"), dry_run=True)
    real = await bring(session, planner, town, lamp_row("PL-2"))
    await session.flush()
    assert await imports.forget_dry_runs(session, AT + imports.DRY_RUN_KEPT) == 0
    assert await imports.forget_dry_runs(session, LATER + imports.DRY_RUN_KEPT) == 1
    session.expunge(dry)
    assert [one.id for one in await imports.runs(session, planner)] == [real.id]
