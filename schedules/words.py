"""Why a step holds, in a sentence for people, French and English."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from schedules.model import ActivePeriod, ClockMoment, DimmingStep, Moment, Reason, SolarEvent

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

EVENT_NAMES: dict[Language, dict[SolarEvent, str]] = {
    "fr": {
        SolarEvent.SUNSET: "coucher du soleil",
        SolarEvent.CIVIL_DUSK: "crépuscule civil",
        SolarEvent.CIVIL_DAWN: "aube civile",
        SolarEvent.SUNRISE: "lever du soleil",
    },
    "en": {
        SolarEvent.SUNSET: "sunset",
        SolarEvent.CIVIL_DUSK: "civil dusk",
        SolarEvent.CIVIL_DAWN: "civil dawn",
        SolarEvent.SUNRISE: "sunrise",
    },
}


def step_sentences(step: DimmingStep, timezone: str) -> dict[Language, list[str]]:
    """What holds from a step on and why, for a reader who lives by `timezone`."""
    return {language: _sentences(step, timezone, language) for language in LANGUAGES}


def moment_words(moment: Moment, language: Language) -> str:
    """ "22:00", or "sunset + 10 min"."""
    if isinstance(moment, ClockMoment):
        return f"{moment.at:%H:%M}"
    name = EVENT_NAMES[language][moment.event]
    minutes = moment.offset // timedelta(minutes=1)
    sign = "+" if minutes > 0 else "−"
    return f"{name} {sign} {abs(minutes)} min" if minutes else name


def _sentences(step: DimmingStep, timezone: str, language: Language) -> list[str]:
    local = step.starts_at.astimezone(ZoneInfo(timezone))
    what = _light_words(step, local, language)
    return [what] if step.reason is None else [what, *_reason_sentences(step.reason, language)]


def _light_words(step: DimmingStep, local: datetime, language: Language) -> str:
    colour = "" if step.cct_k is None else f", {step.cct_k} K"
    if language == "fr":
        light = f"{step.level_percent} %{colour}" if step.level_percent else "éteint"
        return f"Depuis le {local:%d/%m/%Y} à {local:%H:%M} : {light}."
    light = f"{step.level_percent} %{colour}" if step.level_percent else "off"
    return f"Since {local.day} {local:%B %Y at %H:%M}: {light}."


def _reason_sentences(reason: Reason, language: Language) -> list[str]:
    calendar, program, rule = reason.calendar.name, reason.program.name, reason.rule
    if language == "fr":
        chosen = "programme par défaut" if rule is None else f"règle « {rule.name} »"
        return [
            f"Calendrier « {calendar} », {chosen} : programme « {program} ».",
            _program_sentence(reason, language),
        ]
    chosen = "default program" if rule is None else f"rule “{rule.name}”"
    return [
        f"Calendar “{calendar}”, {chosen}: program “{program}”.",
        _program_sentence(reason, language),
    ]


def _program_sentence(reason: Reason, language: Language) -> str:
    program, step = reason.program, reason.step
    if reason.period is None:
        lit = ", ".join(_period_words(period, language) for period in program.active_periods)
        if language == "fr":
            return f"Ce programme éclaire : {lit or 'jamais'}."
        return f"This program lights: {lit or 'never'}."
    period = _period_words(reason.period, language)
    level = program.level_percent if step is None else step.level_percent
    if language == "fr":
        since = "niveau de départ" if step is None else f"palier de {moment_words(step.at, 'fr')}"
        return f"Période active {period} ; {since} : {level} %."
    since = "starting level" if step is None else f"step of {moment_words(step.at, 'en')}"
    return f"Active period {period}; {since}: {level} %."


def _period_words(period: ActivePeriod, language: Language) -> str:
    return f"{moment_words(period.start, language)} → {moment_words(period.end, language)}"
