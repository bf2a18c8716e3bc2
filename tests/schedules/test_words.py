"""A step explains itself in plain words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schedules.compute import night_steps
from schedules.library import sample
from schedules.model import DimmingStep, Moment, SolarEvent
from schedules.words import moment_words, step_sentences
from tests.schedules.programs import DIJON, clock, solar

FRIDAY_NIGHT = date(2026, 11, 20)


def friday_steps() -> list[DimmingStep]:
    weekend = sample("weekend").calendar_set()
    return night_steps(weekend.calendar, weekend.programs, DIJON, FRIDAY_NIGHT)


def test_a_dimmed_lamp_names_its_calendar_rule_program_and_step() -> None:
    dimmed = friday_steps()[2]
    sentences = step_sentences(dimmed, DIJON.timezone)
    assert sentences["fr"] == [
        "Depuis le 21/11/2026 à 00:00 : 30 %.",
        "Calendrier « Extinction en semaine, abaissement le week-end et les jours de fête », "
        "règle « Week-end » : programme « Abaissement 30 % 0 h – 5 h ».",
        "Période active coucher du soleil → lever du soleil ; palier de 00:00 : 30 %.",
    ]
    assert sentences["en"][0] == "Since 21 November 2026 at 00:00: 30 %."
    assert sentences["en"][2] == "Active period sunset → sunrise; step of 00:00: 30 %."


def test_a_lamp_without_step_says_so() -> None:
    lit = friday_steps()[1]
    sentences = step_sentences(lit, DIJON.timezone)
    assert sentences["en"][2] == "Active period sunset → sunrise; starting level: 100 %."
    assert sentences["fr"][2].endswith("niveau de départ : 100 %.")


def test_a_dark_lamp_says_when_its_program_lights() -> None:
    dark = friday_steps()[0]
    sentences = step_sentences(dark, DIJON.timezone)
    assert sentences["fr"][0] == "Depuis le 20/11/2026 à 12:00 : éteint."
    assert sentences["fr"][2] == "Ce programme éclaire : coucher du soleil → lever du soleil."


def test_the_default_program_is_called_so() -> None:
    heart = sample("heart_of_night").calendar_set()
    steps = night_steps(heart.calendar, heart.programs, DIJON, FRIDAY_NIGHT)
    assert "programme par défaut" in step_sentences(steps[0], DIJON.timezone)["fr"][1]


def test_colour_is_told() -> None:
    amber = sample("dark_corridor").calendar_set()
    steps = night_steps(amber.calendar, amber.programs, DIJON, date(2026, 6, 21))
    lit = [one for one in steps if one.level_percent == 10]
    assert step_sentences(lit[0], DIJON.timezone)["en"][0].endswith("10 %, 1800 K.")


def test_a_step_without_reason_says_only_what_holds() -> None:
    bare = DimmingStep(datetime(2026, 11, 20, 20, tzinfo=UTC), 50)
    assert step_sentences(bare, "Europe/Paris")["en"] == ["Since 20 November 2026 at 21:00: 50 %."]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (clock("22:00"), "22:00"),
        (solar(SolarEvent.SUNSET), "sunset"),
        (solar(SolarEvent.SUNSET, 10), "sunset + 10 min"),
        (solar(SolarEvent.CIVIL_DAWN, -5), "civil dawn − 5 min"),
    ],
)
def test_a_moment_in_words(moment: Moment, words: str) -> None:
    assert moment_words(moment, "en") == words
