"""The Sun against an independent ephemeris, for every site, day and event of 2026."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.ephemeris import SunPath, elevation_deg, sun_position
from schedules.solar_nights import SunHeight, solar_nights
from schedules.sun import DayKind, SunDay, day_as_json, sun_events

TABLE = Path(__file__).parents[1] / "data" / "sun" / "sun_events_2026_de421.csv.gz"
EVENTS = ("civil_dawn", "sunrise", "sunset", "civil_dusk")

TOLERANCE = timedelta(seconds=30)
# Above this latitude the Sun may graze the horizon, where a second of arc moves it by minutes.
GRAZING_LATITUDE_DEG = 60.0
GRAZING_TOLERANCE = timedelta(minutes=3)

PARIS = (48.8566, 2.3522)
DIJON = (47.3220, 5.0415)
TROMSO = (69.6492, 18.9553)
REYKJAVIK = (64.1466, -21.9426)


@dataclass(frozen=True)
class Site:
    lat_deg: float
    lon_deg: float
    timezone: str
    days: dict[date, SunDay]

    @property
    def tolerance(self) -> timedelta:
        return GRAZING_TOLERANCE if abs(self.lat_deg) > GRAZING_LATITUDE_DEG else TOLERANCE

    def computed(self) -> dict[date, SunDay]:
        dates = list(self.days)
        events = sun_events(self.lat_deg, self.lon_deg, dates, self.timezone)
        return {on: events.day(0, index) for index, on in enumerate(dates)}


def read_sites() -> dict[str, Site]:
    rows = defaultdict(list)
    with gzip.open(TABLE, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            rows[row["site_code"]].append(row)
    return {
        code: Site(
            lat_deg=float(days[0]["lat_deg"]),
            lon_deg=float(days[0]["lon_deg"]),
            timezone=days[0]["timezone"],
            days={date.fromisoformat(row["local_date"]): read_day(row) for row in days},
        )
        for code, days in rows.items()
    }


def read_day(row: dict[str, str]) -> SunDay:
    events = (
        tuple(datetime.fromisoformat(text) for text in row[f"{name}_utc"].split(";") if text)
        for name in EVENTS
    )
    return SunDay(*events, kind=DayKind(row["day_type"]))


SITES = read_sites()
every_site = pytest.mark.parametrize("site", SITES.values(), ids=SITES.keys())


def test_the_table_holds_twenty_sites_and_the_whole_year() -> None:
    assert len(SITES) == 20
    assert {len(site.days) for site in SITES.values()} == {365}


@every_site
def test_every_event_of_the_year_is_where_the_ephemeris_has_it(site: Site) -> None:
    computed = site.computed()
    for on, expected in site.days.items():
        for name in EVENTS:
            wanted, got = getattr(expected, name), getattr(computed[on], name)
            assert len(got) == len(wanted), (on, name)
            for reference, at in zip(wanted, got, strict=True):
                assert abs(at - reference) <= site.tolerance, (on, name)


@every_site
def test_every_day_is_of_the_kind_the_ephemeris_says(site: Site) -> None:
    assert {on: day.kind for on, day in site.computed().items()} == {
        on: day.kind for on, day in site.days.items()
    }


@every_site
def test_every_event_falls_on_its_local_date(site: Site) -> None:
    zone = ZoneInfo(site.timezone)
    for on, day in site.computed().items():
        for name in EVENTS:
            assert all(at.astimezone(zone).date() == on for at in getattr(day, name)), (on, name)


@every_site
def test_without_a_time_zone_no_event_of_the_year_is_lost(site: Site) -> None:
    first, last = min(site.days), max(site.days)
    around = [first + timedelta(days=shift) for shift in range(-2, (last - first).days + 3)]
    solar = sun_events(site.lat_deg, site.lon_deg, around)
    for name in EVENTS:
        instants_s = getattr(solar, f"{name}_s")
        instants_s = instants_s[~np.isnan(instants_s)]
        for day in site.computed().values():
            for at in getattr(day, name):
                assert np.abs(instants_s - at.timestamp()).min() < 0.1


@pytest.mark.parametrize(
    ("place", "timezone", "on", "local_times"),
    [
        pytest.param(
            DIJON,
            "Europe/Paris",
            date(2026, 6, 21),
            ("05:02:56", "05:43:17", "21:40:01", "22:20:22"),
            id="Dijon at the summer solstice",
        ),
        pytest.param(
            DIJON,
            "Europe/Paris",
            date(2026, 12, 21),
            ("07:48:07", "08:23:57", "16:51:50", "17:27:40"),
            id="Dijon at the winter solstice",
        ),
        pytest.param(
            DIJON,
            "Europe/Paris",
            date(2026, 3, 29),
            ("06:54:10", "07:24:59", "20:05:02", "20:35:57"),
            id="Dijon when clocks go forward",
        ),
        pytest.param(
            PARIS,
            "Europe/Paris",
            date(2026, 12, 21),
            ("08:03:56", "08:41:15", "16:56:03", "17:33:22"),
            id="Paris at the winter solstice",
        ),
        pytest.param(
            (43.7102, 7.2620),
            "Europe/Paris",
            date(2026, 6, 21),
            ("05:13:07", "05:49:12", "21:16:19", "21:52:24"),
            id="Nice at the summer solstice",
        ),
        pytest.param(
            (50.6292, 3.0573),
            "Europe/Paris",
            date(2026, 10, 25),
            ("06:53:10", "07:26:57", "17:35:53", "18:09:38"),
            id="Lille when clocks go back",
        ),
        pytest.param(
            (59.9139, 10.7522),
            "Europe/Oslo",
            date(2026, 6, 21),
            (None, "03:53:42", "22:43:53", None),
            id="Oslo at the summer solstice",
        ),
    ],
)
def test_worked_examples_are_met_within_ten_seconds(
    place: tuple[float, float], timezone: str, on: date, local_times: tuple[str | None, ...]
) -> None:
    day = sun_events(*place, [on], timezone).day(0, 0)
    for name, text in zip(EVENTS, local_times, strict=True):
        if text is not None:
            expected = datetime.fromisoformat(f"{on}T{text}").replace(tzinfo=ZoneInfo(timezone))
            (at,) = getattr(day, name)
            assert abs(at - expected) <= timedelta(seconds=10), name


def test_in_tromso_the_sun_stays_up_in_june_and_down_in_december() -> None:
    days = sun_events(*TROMSO, [date(2026, 6, 21), date(2026, 12, 21)], "Europe/Oslo")
    june, december = days.day(0, 0), days.day(0, 1)
    assert june == SunDay((), (), (), (), DayKind.SUN_ALWAYS_UP)
    assert december.kind is DayKind.SUN_ALWAYS_DOWN
    assert december.sunrise == december.sunset == ()
    assert f"{december.civil_dawn[0].astimezone(ZoneInfo('Europe/Oslo')):%H:%M}" == "09:31"


def test_many_places_at_once_give_what_each_gives_alone() -> None:
    dates = [date(2026, 1, 1), date(2026, 6, 21), date(2026, 10, 25)]
    places = [PARIS, DIJON, TROMSO, REYKJAVIK]
    lat_deg, lon_deg = zip(*places, strict=True)
    together = sun_events(lat_deg, lon_deg, dates, "Europe/Paris")
    for index, place in enumerate(places):
        alone = sun_events(*place, dates, "Europe/Paris")
        for on in range(len(dates)):
            ours, theirs = together.day(index, on), alone.day(0, on)
            assert ours.kind == theirs.kind
            for name in EVENTS:
                for one, other in zip(getattr(ours, name), getattr(theirs, name), strict=True):
                    assert abs(one - other) < timedelta(milliseconds=50)


def test_a_day_prints_as_json_in_utc() -> None:
    printed = json.loads(json.dumps(day_as_json(*PARIS, date(2026, 12, 21), "Europe/Paris")))
    assert printed["day_type"] == "normal"
    assert [len(printed[name]) for name in EVENTS] == [1, 1, 1, 1]
    sunrise = datetime.fromisoformat(printed["sunrise"][0])
    assert abs(sunrise - datetime(2026, 12, 21, 7, 41, 15, tzinfo=UTC)) < timedelta(seconds=10)


def test_a_day_without_events_prints_nulls() -> None:
    printed = day_as_json(*TROMSO, date(2026, 6, 21), "Europe/Oslo")
    assert printed["day_type"] == "sun_always_up"
    assert [printed[name] for name in EVENTS] == [None, None, None, None]


def test_a_day_with_two_sunsets_prints_both() -> None:
    printed = day_as_json(*REYKJAVIK, date(2026, 6, 29), "Atlantic/Reykjavik")
    assert printed["day_type"] == "two_same_events"
    assert [text[11:13] for text in printed["sunset"]] == ["00", "23"]


def test_without_a_time_zone_the_date_is_that_of_local_mean_solar_time() -> None:
    noumea = (-22.2758, 166.4580)
    printed = day_as_json(*noumea, date(2026, 5, 1))
    assert printed["timezone"] is None
    assert printed["sunrise"][0].startswith("2026-04-30T19")
    assert printed["sunset"][0].startswith("2026-05-01T06")


@pytest.mark.parametrize("lat_deg", [90, -90, 89.999])
@pytest.mark.parametrize("on", [date(2026, 6, 21), date(2026, 12, 21)])
def test_at_the_poles_half_the_year_is_day_and_half_is_night(lat_deg: float, on: date) -> None:
    is_summer = (lat_deg > 0) == (on.month == 6)
    expected = DayKind.SUN_ALWAYS_UP if is_summer else DayKind.NO_CIVIL_TWILIGHT
    assert day_as_json(lat_deg, 0, on)["day_type"] == expected


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "timezone", "says"),
    [
        pytest.param(91, 0, None, "latitude", id="beyond the pole"),
        pytest.param(0, 181, None, "longitude", id="beyond the date line"),
        pytest.param(float("nan"), 0, None, "latitude", id="not a number"),
        pytest.param(0, 0, "Paris", "IANA", id="a city is no zone"),
        pytest.param(0, 0, "../etc/passwd", "IANA", id="a path is no zone"),
    ],
)
def test_a_place_that_is_none_is_refused(
    lat_deg: float, lon_deg: float, timezone: str | None, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        day_as_json(lat_deg, lon_deg, date(2026, 6, 21), timezone)


def test_the_sampled_path_keeps_to_the_formula() -> None:
    since_s = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    at_s = since_s + np.linspace(0, 365 * 86_400, 50_000)
    read = SunPath.covering(at_s[0], at_s[-1]).position(at_s)
    formula = sun_position(at_s)
    assert np.degrees(np.abs(read.declination_rad - formula.declination_rad)).max() < 1e-4
    assert np.degrees(np.abs(read.equation_rad - formula.equation_rad)).max() < 1e-4


def test_elevation_is_taken_for_each_place_at_its_own_instant() -> None:
    noon_in_quito = datetime(2026, 3, 20, 17, 21, tzinfo=UTC).timestamp()
    heights = elevation_deg([-0.1807, 48.8566], [-78.4678, 2.3522], [noon_in_quito] * 2)
    assert heights[0] > 89
    assert 5 < heights[1] < 7


@given(
    lat_deg=st.floats(-89, 89),
    lon_deg=st.floats(-180, 180),
    night=st.integers(10_000, 30_000),
    height=st.sampled_from(SunHeight),
)
def test_at_a_passage_the_sun_stands_at_the_height_asked_for(
    lat_deg: float, lon_deg: float, night: int, height: SunHeight
) -> None:
    found = solar_nights(lat_deg, lon_deg, night, height)
    for at_s in (found.down_s, found.up_s):
        if np.isfinite(at_s):
            assert abs(elevation_deg(lat_deg, lon_deg, at_s) - height.value) < 0.002


@given(
    lat_deg=st.floats(-89, 89),
    lon_deg=st.floats(-180, 180),
    night=st.integers(10_000, 30_000),
    height=st.sampled_from(SunHeight),
)
def test_the_sun_comes_back_after_it_went_and_before_the_next_night(
    lat_deg: float, lon_deg: float, night: int, height: SunHeight
) -> None:
    found = solar_nights(lat_deg, lon_deg, [night, night + 1], height)
    is_white = np.isposinf(found.down_s)
    assert (np.isneginf(found.up_s) == is_white).all()
    assert (found.down_s < found.up_s)[~is_white].all()
    if not is_white.any():
        assert found.up_s[0] <= found.down_s[1] or np.isposinf(found.up_s[0])
