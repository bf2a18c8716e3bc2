"""Light that lasts: energy, autonomy, the share of a night, and what is wrong with a battery."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import Measurement, Quantity
from kit.ids import new_id
from lighting.faults.model import Cause, Verdict
from lighting.solar.compute import (
    ahead,
    autonomy,
    available_wh,
    charges_of,
    floor_percent,
    lasting_share,
    needed_wh,
    power_w,
    produced_wh,
)
from lighting.solar.model import Charge, Shedding, SolarLight, Stretch, shed_level
from lighting.solar.rules import JUDGES, decide_share
from simulator.solar import Batteries

DUSK = datetime(2026, 12, 14, 16, 0, tzinfo=UTC)
DAWN = DUSK + timedelta(hours=16)
NOON = datetime(2026, 12, 15, 11, 0, tzinfo=UTC)
LIGHT = SolarLight(
    light_point_id=new_id(),
    organisation_id=new_id(),
    controller_key=1,
    capacity_wh=600.0,
    panel_peak_w=120.0,
    rated_power_w=30.0,
    level_min_percent=10,
    floor_percent=30,
    lat_deg=50.63,
    lon_deg=3.06,
    timezone="Europe/Paris",
)
NIGHT = [
    Stretch(DUSK, DUSK + timedelta(hours=6), 100),
    Stretch(DUSK + timedelta(hours=6), DUSK + timedelta(hours=13), 50),
    Stretch(DUSK + timedelta(hours=13), DAWN, 100),
    Stretch(DAWN, NOON, 0),
]


def test_a_night_needs_what_its_levels_draw() -> None:
    assert power_w(LIGHT, 100) == 30
    assert power_w(LIGHT, 0) == 0
    assert needed_wh(LIGHT, NIGHT, 100) == pytest.approx(9 * 30 + 7 * 30 * 0.525)


def test_the_reserve_of_a_battery_is_not_given() -> None:
    assert available_wh(LIGHT, 60) == 300
    assert available_wh(LIGHT, 5) == 0


@pytest.mark.parametrize(
    ("name", "level_min", "floor"),
    [
        ("M3", 10, 30),
        ("m4", 10, 40),
        ("P4", 10, 40),
        ("P2", 10, 20),
        ("P1", 20, 20),
        ("M6", 10, 100),
        ("", 10, 30),
        (None, 10, 30),
        ("X9", 50, 50),
    ],
)
def test_the_floor_is_the_lowest_class_of_the_road(
    name: str | None, level_min: int, floor: int
) -> None:
    assert floor_percent(name, level_min) == floor


def test_a_full_battery_lasts_the_night_at_its_programme() -> None:
    assert lasting_share(LIGHT, NIGHT, available_wh(LIGHT, 100)) == 100


@given(st.floats(0, 700))
def test_the_share_lasts_and_the_next_one_would_not(wh: float) -> None:
    share = lasting_share(LIGHT, NIGHT, wh)
    if share > 0:
        assert needed_wh(LIGHT, NIGHT, share) <= wh
    if share < 100:
        assert needed_wh(LIGHT, NIGHT, share + 5) > wh


@given(st.integers(0, 100), st.integers(0, 100), st.integers(10, 100))
def test_shedding_never_raises_and_never_goes_under_the_floor(
    level: int, share: int, floor: int
) -> None:
    shed = shed_level(level, share, floor)
    assert shed <= level
    assert shed >= min(level, floor)


def test_autonomy_ends_where_the_battery_does() -> None:
    lasting = autonomy(LIGHT, NIGHT, 90.0)
    assert lasting.lit_time == timedelta(hours=3)
    assert lasting.dark_at == DUSK + timedelta(hours=3)
    assert autonomy(LIGHT, NIGHT, 10_000.0) == autonomy(LIGHT, NIGHT, 1_000.0)
    assert autonomy(LIGHT, NIGHT, 1_000.0).dark_at is None


def test_what_is_over_is_not_looked_ahead_for() -> None:
    now = DUSK + timedelta(hours=7)
    coming = ahead(NIGHT, now)
    assert coming[0] == Stretch(now, DUSK + timedelta(hours=13), 50)
    assert len(coming) == 3


def decided(charge_percent: float, before: Shedding | None = None) -> Shedding:
    return decide_share(LIGHT, NIGHT, [], charge_percent, before, DUSK, NOON)


def test_a_share_falls_at_once_and_rises_by_a_tenth() -> None:
    low = decided(50)
    assert low.share_percent == 60
    assert decided(45, low).share_percent < low.share_percent
    assert decided(53, low).share_percent == low.share_percent
    assert decided(60, low).share_percent >= low.share_percent + 10
    assert decided(100, low).share_percent == 100


def test_an_empty_battery_leaves_the_floor() -> None:
    shed = decided(10)
    assert shed.share_percent == 0
    assert shed.level_percent(100) == LIGHT.floor_percent
    assert shed.level_percent(20) == 20


@pytest.mark.parametrize(
    ("cause", "charge", "sun_deg", "verdict"),
    [
        (Cause.BATTERY_LOW, {"battery_charge_percent": 19}, -10, Verdict.FAULTY),
        (Cause.BATTERY_LOW, {"battery_charge_percent": 25}, -10, Verdict.UNDECIDED),
        (Cause.BATTERY_LOW, {"battery_charge_percent": 31}, -10, Verdict.HEALTHY),
        (Cause.BATTERY_LOW, {}, -10, Verdict.UNDECIDED),
        (
            Cause.BATTERY_NOT_CHARGING,
            {"battery_charge_percent": 50, "panel_power_w": 60, "charge_current_a": 0},
            30,
            Verdict.FAULTY,
        ),
        (
            Cause.BATTERY_NOT_CHARGING,
            {"battery_charge_percent": 50, "panel_power_w": 60, "charge_current_a": 4},
            30,
            Verdict.HEALTHY,
        ),
        (
            Cause.BATTERY_NOT_CHARGING,
            {"battery_charge_percent": 99, "panel_power_w": 60, "charge_current_a": 0},
            30,
            Verdict.UNDECIDED,
        ),
        (
            Cause.PANEL_FAILURE,
            {"battery_charge_percent": 50, "panel_power_w": 0},
            30,
            Verdict.FAULTY,
        ),
        (
            Cause.PANEL_FAILURE,
            {"battery_charge_percent": 50, "panel_power_w": 0},
            10,
            Verdict.UNDECIDED,
        ),
        (
            Cause.PANEL_FAILURE,
            {"battery_charge_percent": 50, "panel_power_w": 12},
            30,
            Verdict.HEALTHY,
        ),
        (
            Cause.PANEL_FAILURE,
            {"battery_charge_percent": 100, "panel_power_w": 0},
            30,
            Verdict.UNDECIDED,
        ),
    ],
)
def test_battery_and_panel_are_judged_by_what_can_be_known(
    cause: Cause, charge: dict[str, float], sun_deg: float, verdict: Verdict
) -> None:
    said = Charge(1, DUSK, **charge)  # type: ignore[arg-type]
    assert JUDGES[cause](LIGHT, said, sun_deg) is verdict


def test_a_frame_is_a_charge_for_each_instant() -> None:
    later = DUSK + timedelta(minutes=15)
    measured = [
        Measurement(Quantity.BATTERY_CHARGE_PERCENT, 80, DUSK),
        Measurement(Quantity.PANEL_POWER_W, 12.5, DUSK),
        Measurement(Quantity.BATTERY_CHARGE_PERCENT, 79, later),
        Measurement(Quantity.ACTIVE_POWER_W, 30, later),
    ]
    assert charges_of(7, measured) == [
        Charge(7, DUSK, battery_charge_percent=80, panel_power_w=12.5),
        Charge(7, later, battery_charge_percent=79),
    ]


def test_a_counter_that_begins_again_loses_only_what_nobody_saw() -> None:
    assert produced_wh([100, 150, None, 20, 50]) == 50 + 20 + 30
    assert produced_wh([]) == 0


STEP = timedelta(minutes=15)
DAY = timedelta(days=1)
DECEMBER = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)
LIT_FROM, LIT_TO = 16, 8


def programmed(at: datetime) -> int:
    return 100 if at.hour >= LIT_FROM or at.hour < LIT_TO else 0


BIG = replace(LIGHT, capacity_wh=1200.0, panel_peak_w=200.0)


def winter_week(*, sheds: bool) -> tuple[float, list[int]]:
    """Seven grey days in Lille: hours in which the lamp should burn and cannot, levels given."""
    batteries = Batteries.of(*(np.array([x]) for x in (1200.0, 200.0, 50.63, 3.06)), share=1.0)
    held: Shedding | None = None
    dark_hours, levels = 0.0, []
    for number in range(7 * 96):
        at = DECEMBER + number * STEP
        night, later = nights_from(at)
        if sheds:
            charge = float(batteries.charge_percent[0])
            before = held if programmed(at) else None
            held = decide_share(BIG, night, later, charge, before, at, at + DAY)
        level = held.level_percent(programmed(at)) if held else programmed(at)
        wanted_w = np.array([power_w(BIG, level)])
        batteries.advance(at + STEP, STEP, wanted_w, cloud=0.5)
        if batteries.draw_w[0] < wanted_w[0] - 1e-6:
            dark_hours += STEP / timedelta(hours=1)
        if programmed(at):
            levels.append(level)
    return dark_hours, levels


def nights_from(at: datetime) -> tuple[list[Stretch], list[Stretch]]:
    """What is left of tonight, and the two nights after it."""
    dusk = at.replace(hour=LIT_FROM, minute=0)
    if at.hour < LIT_TO:
        dusk -= DAY
    length = timedelta(hours=24 + LIT_TO - LIT_FROM)
    nights = [Stretch(dusk + n * DAY, dusk + n * DAY + length, 100) for n in range(3)]
    return ahead(nights[:1], at), nights[1:]


def test_a_week_of_winter_goes_dark_without_shedding_and_not_with_it() -> None:
    dark_hours, _ = winter_week(sheds=False)
    assert dark_hours > 10
    dark_hours, levels = winter_week(sheds=True)
    assert dark_hours == 0
    assert min(levels) == BIG.floor_percent
    assert max(levels) == 100


def test_the_floor_of_the_next_nights_is_kept_back() -> None:
    free = decide_share(LIGHT, NIGHT, [], 60, None, DUSK, NOON)
    later = [
        one._replace(starts_at=one.starts_at + DAY, ends_at=one.ends_at + DAY) for one in NIGHT
    ]
    kept = decide_share(LIGHT, NIGHT, later, 60, None, DUSK, NOON)
    assert kept.share_percent < free.share_percent
    assert kept.available_wh == pytest.approx(free.available_wh - needed_wh(LIGHT, later, 0))
