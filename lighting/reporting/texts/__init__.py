"""The words of a report, French first; both languages have the same keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from lighting.contracts.model import Component
from lighting.reporting.model import Language
from lighting.reporting.texts import english, french

FRENCH_SPACES = {
    " ;": "\u202f;",
    " :": "\u00a0:",
    " ?": "\u202f?",
    " !": "\u202f!",
    "« ": "«\u00a0",
    " »": "\u00a0»",
    " kWh": "\u00a0kWh",
    " kg": "\u00a0kg",
    " €": "\u00a0€",
    " h ": "\u00a0h ",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences by key, and the names of components, units and baseline lines."""

    texts: Mapping[str, str]
    components: Mapping[Component, str]
    units: Mapping[str, str]
    baseline_lines: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """A text with its places filled."""
        return self.texts[key].format(**values)


def _french_spaced(texts: Mapping[str, str]) -> Mapping[str, str]:
    """French puts a space that does not break before high punctuation and inside quotes."""
    spaced = dict(texts)
    for plain, hard in FRENCH_SPACES.items():
        spaced = {key: text.replace(plain, hard) for key, text in spaced.items()}
    return spaced


WORDS: Mapping[Language, Words] = {
    Language.FR: Words(
        _french_spaced(french.TEXTS), french.COMPONENTS, french.UNITS, french.BASELINE_LINES
    ),
    Language.EN: Words(english.TEXTS, english.COMPONENTS, english.UNITS, english.BASELINE_LINES),
}
