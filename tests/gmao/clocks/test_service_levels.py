"""The five urgency classes promise what the reference table says."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gmao.clocks.compute import due_at
from gmao.clocks.model import ClockKind, HolidayRegion, SuspensionReason
from gmao.clocks.service_levels import clock_terms, holiday_region, presses_more
from lighting.faults.model import Urgency

PARIS = ZoneInfo("Europe/Paris")
FRIDAY_EVENING = datetime(2026, 11, 20, 18, tzinfo=PARIS)
CLOCKS = clock_terms("Europe/Paris", HolidayRegion.FRANCE)


def test_every_class_promises_a_response_and_a_repair() -> None:
    assert set(CLOCKS) == set(Urgency)
    for clocks in CLOCKS.values():
        kinds = [clock.kind for clock in clocks]
        assert {ClockKind.RESPONSE, ClockKind.RESTORE} <= set(kinds)
        assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(
    ("urgency", "kind", "due"),
    [
        (Urgency.U0, ClockKind.RESPONSE, "2026-11-20T19:00:00+01:00"),
        (Urgency.U0, ClockKind.MAKE_SAFE, "2026-11-20T20:00:00+01:00"),
        (Urgency.U0, ClockKind.RESTORE, "2026-11-27T17:30:00+01:00"),
        (Urgency.U1, ClockKind.RESPONSE, "2026-11-20T22:00:00+01:00"),
        (Urgency.U1, ClockKind.RESTORE, "2026-11-21T18:00:00+01:00"),
        (Urgency.U2, ClockKind.RESPONSE, "2026-11-22T18:00:00+01:00"),
        (Urgency.U2, ClockKind.RESTORE, "2026-11-24T18:00:00+01:00"),
        (Urgency.U3, ClockKind.RESPONSE, "2026-11-24T17:30:00+01:00"),
        (Urgency.U3, ClockKind.RESTORE, "2026-11-27T17:30:00+01:00"),
        (Urgency.U4, ClockKind.RESPONSE, "2026-12-04T17:30:00+01:00"),
        (Urgency.U4, ClockKind.RESTORE, "2026-12-20T18:00:00+01:00"),
    ],
)
def test_a_fault_known_on_friday_evening_is_due(
    urgency: Urgency, kind: ClockKind, due: str
) -> None:
    clock = next(clock for clock in CLOCKS[urgency] if clock.kind is kind)
    found = due_at(clock, FRIDAY_EVENING)
    assert found is not None
    assert found.astimezone(PARIS).isoformat() == due


def test_waiting_for_a_part_pauses_no_clock_by_default() -> None:
    for clocks in CLOCKS.values():
        for clock in clocks:
            assert SuspensionReason.WAIT_PART not in clock.pausable_reasons


def test_u0_presses_most() -> None:
    assert presses_more(Urgency.U0, Urgency.U1)
    assert not presses_more(Urgency.U3, Urgency.U3)


@pytest.mark.parametrize(
    ("insee_code", "region"),
    [
        ("57463", HolidayRegion.MOSELLE),
        ("67482", HolidayRegion.ALSACE),
        ("97411", HolidayRegion.REUNION),
        ("21231", HolidayRegion.FRANCE),
        (None, HolidayRegion.FRANCE),
    ],
)
def test_a_municipality_keeps_the_holidays_of_its_department(
    insee_code: str | None, region: HolidayRegion
) -> None:
    assert holiday_region(insee_code) is region
