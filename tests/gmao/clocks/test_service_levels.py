"""The five urgency classes promise what the reference table says."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gmao.clocks.compute import due_at
from gmao.clocks.model import ClockKind, SuspensionReason
from gmao.clocks.service_levels import Urgency, default_service_levels

PARIS = ZoneInfo("Europe/Paris")
FRIDAY_EVENING = datetime(2026, 11, 20, 18, tzinfo=PARIS)
LEVELS = default_service_levels()


def test_every_class_promises_a_response_and_a_repair() -> None:
    assert set(LEVELS) == set(Urgency)
    for level in LEVELS.values():
        kinds = [clock.kind for clock in level.clocks]
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
    clock = next(clock for clock in LEVELS[urgency].clocks if clock.kind is kind)
    found = due_at(clock, FRIDAY_EVENING)
    assert found is not None
    assert found.astimezone(PARIS).isoformat() == due


def test_waiting_for_a_part_pauses_no_clock_by_default() -> None:
    for level in LEVELS.values():
        for clock in level.clocks:
            assert SuspensionReason.WAIT_PART not in clock.pausable_reasons


def test_u0_presses_most() -> None:
    assert Urgency.U0.presses_more_than(Urgency.U1)
    assert not Urgency.U3.presses_more_than(Urgency.U3)
