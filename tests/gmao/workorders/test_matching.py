"""Never two tickets for one cause; a repair that did not hold is taken up again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gmao.workorders.matching import Candidate, Join, OpenNew, Reopen, Sighting, match
from gmao.workorders.model import OPEN, Position, Source, Status
from lighting.faults.model import AssetType

AT = datetime(2026, 11, 21, 20, tzinfo=UTC)
LIGHT, CABINET = uuid4(), uuid4()
HERE = Position(5.0415, 47.322)
DARK = Sighting("lamp_failure", AT, asset_id=LIGHT, cabinet_id=CABINET, position=HERE)
ORDER = Candidate(
    id=uuid4(),
    status=Status.PLANNED,
    source=Source.ALARM,
    cause="lamp_failure",
    opened_at=AT - timedelta(days=3),
    asset_type=AssetType.LIGHT_POINT,
    asset_id=LIGHT,
    position=HERE,
)
ON_CABINET = replace(ORDER, id=uuid4(), asset_type=AssetType.CABINET, asset_id=CABINET)
REPAIRED = replace(ORDER, status=Status.VERIFIED, done_at=AT - timedelta(days=2))


def test_a_fault_nobody_knows_opens_an_order() -> None:
    assert match(DARK, []) == OpenNew()


@pytest.mark.parametrize("status", sorted(OPEN))
def test_the_same_asset_joins_its_open_order_whatever_its_state(status: Status) -> None:
    assert match(DARK, [replace(ORDER, status=status)]) == Join(ORDER.id)


def test_another_cause_on_the_same_asset_joins_too() -> None:
    assert match(replace(DARK, cause="communication_loss"), [ORDER]) == Join(ORDER.id)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.CANCELLED, Status.DUPLICATE])
def test_an_order_that_was_not_worked_takes_nothing_in(status: Status) -> None:
    assert match(DARK, [replace(ORDER, status=status)]) == OpenNew()


def test_a_planned_visit_takes_no_fault_in_and_joins_none() -> None:
    visit = replace(ORDER, source=Source.PLAN)
    assert match(DARK, [visit, replace(REPAIRED, source=Source.PLAN)]) == OpenNew()
    assert match(replace(DARK, is_planned=True), [ORDER, REPAIRED]) == OpenNew()


def test_a_visit_is_planned_once() -> None:
    visit = replace(ORDER, source=Source.PLAN, cause="inspection")
    planned = replace(DARK, is_planned=True, cause="inspection")
    assert match(planned, [visit]) == Join(visit.id)
    assert match(replace(planned, cause="cleaning"), [visit]) == OpenNew()


@pytest.mark.parametrize(
    ("cabinet_cause", "light_cause", "joins"),
    [
        ("lamp_failure", "lamp_failure", True),
        ("supply_loss", "communication_loss", True),
        ("lamp_failure", "communication_loss", True),
        ("lamp_failure", "lamp_unexpected_on", False),
        ("lamp_unexpected_on", "lamp_unexpected_on", True),
        ("communication_loss", "lamp_failure", False),
        ("door_open", "lamp_failure", False),
    ],
)
def test_the_fault_of_a_cabinet_takes_in_what_it_explains(
    cabinet_cause: str, light_cause: str, joins: bool
) -> None:
    cabinet = replace(ON_CABINET, cause=cabinet_cause)
    expected = Join(cabinet.id) if joins else OpenNew()
    assert match(replace(DARK, cause=light_cause), [cabinet]) == expected


def test_the_order_of_another_cabinet_is_another_matter() -> None:
    assert match(DARK, [replace(ON_CABINET, asset_id=uuid4())]) == OpenNew()


@pytest.mark.parametrize(
    ("metres", "hours", "cause", "joins"),
    [
        pytest.param(29, 71, "light_out", True, id="near and recent"),
        pytest.param(31, 1, "light_out", False, id="too far"),
        pytest.param(5, 73, "light_out", False, id="too long ago"),
        pytest.param(5, 1, "flicker", False, id="another kind"),
    ],
)
def test_a_passer_by_who_names_no_light_joins_what_is_near(
    metres: float, hours: float, cause: str, joins: bool
) -> None:
    there = Position(HERE.lon_deg, HERE.lat_deg + metres / 111_194.93)
    report = Sighting(cause, ORDER.opened_at + timedelta(hours=hours), position=there)
    assert match(report, [ORDER]) == (Join(ORDER.id) if joins else OpenNew())


def test_the_same_fault_within_thirty_days_of_the_repair_reopens_it() -> None:
    assert match(DARK, [REPAIRED]) == Reopen(REPAIRED.id)


def test_after_thirty_days_it_is_a_new_story() -> None:
    long_ago = replace(REPAIRED, done_at=AT - timedelta(days=30, seconds=1))
    assert match(DARK, [long_ago]) == OpenNew()


def test_another_fault_after_a_repair_is_a_new_story() -> None:
    assert match(replace(DARK, cause="lamp_power_too_high"), [REPAIRED]) == OpenNew()


def test_what_was_seen_before_the_repair_is_old_news() -> None:
    late_news = replace(DARK, seen_at=AT - timedelta(days=2, minutes=1))
    assert match(late_news, [REPAIRED]) == Join(REPAIRED.id)


def test_a_closed_order_stays_frozen_and_is_named_as_what_repeats() -> None:
    closed = replace(REPAIRED, status=Status.CLOSED)
    assert match(DARK, [closed]) == OpenNew(repeat_of_id=closed.id)


def test_the_last_of_several_repairs_is_the_one_that_did_not_hold() -> None:
    earlier = replace(REPAIRED, id=uuid4(), done_at=AT - timedelta(days=20))
    assert match(DARK, [earlier, REPAIRED]) == Reopen(REPAIRED.id)


def test_an_open_order_comes_before_a_repaired_one() -> None:
    assert match(DARK, [REPAIRED, replace(ORDER, id=ON_CABINET.id)]) == Join(ON_CABINET.id)
