"""Why a light is at its level at an instant: programme, command, order, confirmation, reading.

Pure: from the facts to the links of a chain, and to sentences a person can read aloud.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from lighting.control.expected import confirmed_level
from lighting.control.model import DeliveryState
from lighting.control.plan import UNKNOWN_LEVEL
from schedules.model import DimmingStep
from schedules.words import step_sentences

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class CommandFact:
    """A command that holds at the instant."""

    command_id: str
    level_percent: int
    reason: str
    author: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SheddingFact:
    """The programme's level is too much for the battery tonight."""

    level_percent: int
    charge_percent: float
    available_wh: float
    needed_wh: float
    floor_percent: int


@dataclass(frozen=True, slots=True)
class DeliveryFact:
    """The newest order to the light up to the instant."""

    level_percent: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """The newest reading up to the instant."""

    at: datetime
    level_percent: int | None
    active_power_w: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one light at one instant."""

    at: datetime
    timezone: str
    step: DimmingStep | None
    command: CommandFact | None
    delivery: DeliveryFact | None
    acknowledged: tuple[int | None, datetime | None]
    previous: tuple[int | None, datetime | None]
    reading: ReadingFact | None
    is_planned: bool
    shedding: SheddingFact | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The level and its chain; `level_percent` is None when nothing says anything."""

    at: datetime
    level_percent: int | None
    sentences: dict[Language, list[str]]
    chain: list[dict[str, Any]]


def explain(facts: Facts) -> Explanation:
    """The chain from programme to reading, in order, with a sentence for each link."""
    sentences: dict[Language, list[str]] = {language: [] for language in LANGUAGES}
    chain: list[dict[str, Any]] = []
    for kind, values, words in _links(facts):
        chain.append({"kind": kind, **values})
        for language in LANGUAGES:
            sentences[language].extend(words[language])
    return Explanation(facts.at, _level(facts), sentences, chain)


def _level(facts: Facts) -> int | None:
    if facts.command is not None:
        return facts.command.level_percent
    if facts.shedding is not None:
        return facts.shedding.level_percent
    return facts.step.level_percent if facts.step is not None else None


_Link = tuple[str, dict[str, Any], dict[Language, list[str]]]


def _links(facts: Facts) -> Sequence[_Link]:
    links = [_schedule(facts), _shedding(facts), _command(facts)]
    if not facts.is_planned:
        links += [_delivery(facts), _acknowledgement(facts), _reading(facts)]
    return [link for link in links if link is not None]


def _schedule(facts: Facts) -> _Link:
    if facts.step is None:
        return (
            "schedule",
            {"calendar_id": None},
            {
                "fr": ["Aucun calendrier n'est affecté à ce point lumineux."],
                "en": ["No calendar is assigned to this light point."],
            },
        )
    reason = facts.step.reason
    values = {
        "level_percent": facts.step.level_percent,
        "since": facts.step.starts_at.isoformat(),
        "calendar_id": str(reason.calendar.id) if reason else None,
        "calendar": reason.calendar.name if reason else None,
        "rule": reason.rule.name if reason and reason.rule else None,
        "program": reason.program.name if reason else None,
    }
    return "schedule", values, step_sentences(facts.step, facts.timezone)


def _shedding(facts: Facts) -> _Link | None:
    shed = facts.shedding
    if shed is None:
        return None
    charge, left, needed = (
        round(number) for number in (shed.charge_percent, shed.available_wh, shed.needed_wh)
    )
    return (
        "shedding",
        asdict(shed),
        {
            "fr": [
                f"Délestage : la batterie est à {charge} % et peut donner {left} Wh cette nuit, en "
                f"gardant le minimum des suivantes ; le programme en demande {needed}. La lumière "
                f"est réduite à {shed.level_percent} %, jamais sous {shed.floor_percent} %."
            ],
            "en": [
                f"Shedding: the battery is at {charge} % and can give {left} Wh tonight, keeping "
                f"the least for the next nights; the programme needs {needed}. Light is reduced to "
                f"{shed.level_percent} %, never below {shed.floor_percent} %."
            ],
        },
    )


def _command(facts: Facts) -> _Link | None:
    command = facts.command
    if command is None:
        return None
    until = {language: _moment(command.expires_at, facts, language) for language in LANGUAGES}
    values = {
        "command_id": command.command_id,
        "level_percent": command.level_percent,
        "author": command.author,
        "reason": command.reason,
        "created_at": command.created_at.isoformat(),
        "expires_at": command.expires_at.isoformat(),
    }
    return (
        "command",
        values,
        {
            "fr": [
                f"Commande de {command.author} : {command.level_percent} % jusqu'au {until['fr']} "
                f"(« {command.reason} »). Elle l'emporte sur le programme."
            ],
            "en": [
                f"Command by {command.author}: {command.level_percent} % until {until['en']} "
                f"(“{command.reason}”). It overrides the programme."
            ],
        },
    )


_STATE_WORDS: dict[DeliveryState, tuple[str, str]] = {
    DeliveryState.QUEUED: ("en attente d'envoi", "waiting to be sent"),
    DeliveryState.SENT: ("envoyé, sans réponse encore", "sent, not answered yet"),
    DeliveryState.ACKNOWLEDGED: ("confirmé par le contrôleur", "confirmed by the controller"),
    DeliveryState.APPLIED: ("appliqué, vu sur la lampe", "applied, seen on the lamp"),
    DeliveryState.REJECTED: ("refusé par le contrôleur", "refused by the controller"),
    DeliveryState.EXPIRED: ("abandonné : trop ancien", "given up: too old"),
    DeliveryState.SUPERSEDED: ("remplacé par un ordre plus récent", "replaced by a newer order"),
    DeliveryState.CANCELLED: ("annulé", "cancelled"),
}


def _delivery(facts: Facts) -> _Link | None:
    delivery = facts.delivery
    if delivery is None:
        return None
    french, english = _STATE_WORDS[delivery.state]
    values = {
        "level_percent": delivery.level_percent,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at.isoformat(),
    }
    return (
        "delivery",
        values,
        {
            "fr": [
                f"Dernier ordre : {delivery.level_percent} %, "
                f"le {_moment(delivery.created_at, facts, 'fr')}, {french}."
            ],
            "en": [
                f"Last order: {delivery.level_percent} %, "
                f"{_moment(delivery.created_at, facts, 'en')}, {english}."
            ],
        },
    )


def _acknowledgement(facts: Facts) -> _Link:
    level = confirmed_level(facts.at, facts.acknowledged, facts.previous)
    if level == UNKNOWN_LEVEL:
        return (
            "acknowledgement",
            {"level_percent": None},
            {
                "fr": ["Le contrôleur n'a encore rien confirmé."],
                "en": ["The controller has not confirmed anything yet."],
            },
        )
    return (
        "acknowledgement",
        {"level_percent": level},
        {
            "fr": [f"Le contrôleur a confirmé {level} %."],
            "en": [f"The controller has confirmed {level} %."],
        },
    )


def _reading(facts: Facts) -> _Link:
    reading = facts.reading
    if reading is None:
        return (
            "reading",
            {"at": None},
            {
                "fr": ["Aucun relevé récent."],
                "en": ["No recent reading."],
            },
        )
    values = {
        "at": reading.at.isoformat(),
        "level_percent": reading.level_percent,
        "active_power_w": reading.active_power_w,
    }
    return (
        "reading",
        values,
        {
            "fr": [f"Dernier relevé {_moment(reading.at, facts, 'fr')} : {_seen(reading, 'fr')}."],
            "en": [f"Last reading {_moment(reading.at, facts, 'en')}: {_seen(reading, 'en')}."],
        },
    )


def _seen(reading: ReadingFact, language: Language) -> str:
    parts = []
    if reading.level_percent is not None:
        parts.append(f"{reading.level_percent} %")
    if reading.active_power_w is not None:
        watts = f"{reading.active_power_w:.1f}"
        parts.append(f"{watts.replace('.', ',') if language == 'fr' else watts} W")
    return ", ".join(parts) or ("sans valeur" if language == "fr" else "no value")


def _moment(at: datetime, facts: Facts, language: Language) -> str:
    local = at.astimezone(ZoneInfo(facts.timezone))
    return (
        f"{local:%d/%m/%Y à %H:%M}" if language == "fr" else f"{local.day} {local:%B %Y at %H:%M}"
    )
