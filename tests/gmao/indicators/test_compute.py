"""The formulas of indicators, by example."""

from datetime import UTC, datetime, timedelta

import pytest

from gmao.indicators import compute
from gmao.workorders.model import OrderFact, RestoreFact, Source, Status
from lighting.faults.model import Urgency
from lighting.reporting.model import DelayFacts

START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def restore(
    opened: float, due: float | None, restored: float | None, urgency: Urgency = Urgency.U3
) -> RestoreFact:
    return RestoreFact(
        urgency,
        day(opened),
        None if due is None else day(due),
        None if restored is None else day(restored),
    )


FACTS = [
    pytest.param([restore(1, 8, 5)], (1, 1, 4 * 86400), id="in time"),
    pytest.param([restore(1, 8, 8)], (1, 1, 7 * 86400), id="at the last instant"),
    pytest.param([restore(1, 8, 9)], (1, 0, 8 * 86400), id="late"),
    pytest.param([restore(1, 8, None)], (1, 0, None), id="never"),
    pytest.param([restore(1, None, None)], (0, 0, None), id="held by a pause"),
    pytest.param([restore(25, 33, 27)], (0, 0, 2 * 86400), id="due next month"),
    pytest.param([restore(-9, -2, 3)], (0, 0, 12 * 86400), id="due the month before"),
    pytest.param([restore(1, 8, 5), restore(1, 8, 7)], (2, 2, 5 * 86400), id="between two"),
]


@pytest.mark.parametrize(("facts", "expected"), FACTS)
def test_delays_count_where_the_deadline_falls(
    facts: list[RestoreFact], expected: tuple[int, int, int | None]
) -> None:
    found = {one.urgency: one for one in compute.delays(facts, START, END)}
    assert found["U3"] == DelayFacts("U3", *expected)
    assert found["U1"] == DelayFacts("U1", 0, 0, None)
    assert list(found) == ["U0", "U1", "U2", "U3", "U4"]


def order(
    source: Source = Source.ALARM,
    status: Status = Status.VERIFIED,
    *,
    done: float | None = 5,
    is_repeat: bool = False,
    minutes: int | None = None,
) -> OrderFact:
    done_at = None if done is None else day(done)
    return OrderFact(source, status, day(1), done_at, is_repeat, minutes)


def test_repairs_that_held_the_first_time() -> None:
    orders = [order(), order(), order(is_repeat=True), order(Source.PLAN), order(done=40)]
    repaired = compute.repaired_in(orders, START, END)
    assert len(repaired) == 3
    assert compute.first_time_fix_ratio(repaired) == pytest.approx(2 / 3)


def test_a_reopened_order_is_not_repaired() -> None:
    assert compute.repaired_in([order(status=Status.REOPENED, done=None)], START, END) == []


def test_planned_labour_out_of_all_labour() -> None:
    orders = [order(Source.PLAN, minutes=30), order(minutes=90), order()]
    assert compute.preventive_ratio(orders) == 0.25


def test_nothing_has_no_ratio() -> None:
    assert compute.ratio(0, 0) is None
    assert compute.preventive_ratio([order()]) is None
    assert compute.mean_time([]) is None
    assert compute.median_time([]) is None
    assert compute.mean_time_between_failures(timedelta(hours=1), 0) is None
    assert compute.failures_per_100_points_and_year(3, 0, timedelta(days=30)) is None


def test_times_between_failures_and_availability() -> None:
    mtbf = compute.mean_time_between_failures(timedelta(hours=400_000), 4)
    assert mtbf == timedelta(hours=100_000)
    availability = compute.inherent_availability(mtbf, timedelta(hours=100))
    assert availability == pytest.approx(0.999001, abs=1e-6)


def test_failure_rate_is_per_hundred_points_and_year() -> None:
    rate = compute.failures_per_100_points_and_year(6, 200, compute.YEAR / 2)
    assert rate == pytest.approx(6)
