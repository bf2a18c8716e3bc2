"""Composes the document of a report in one language from its figures and its header."""

from lighting.reporting.chapters import (
    change_sections,
    delay_sections,
    energy_sections,
    light_point_table,
    light_section,
    method_section,
)
from lighting.reporting.document import Document
from lighting.reporting.finance_chapters import finance_sections
from lighting.reporting.first_page import chart, key_figures, signatures, summary
from lighting.reporting.model import Figures, Language, ReportHeader, ReportInputs
from lighting.reporting.texts import WORDS
from lighting.reporting.wording import Wording


def compose(
    figures: Figures, inputs: ReportInputs, header: ReportHeader, language: Language
) -> Document:
    """The whole document, ready to be written in any format."""
    words, say = WORDS[language], Wording(language, figures.organisation.timezone)
    month = say.month(figures.first)
    return Document(
        language=language,
        kicker=words("kicker"),
        title=figures.organisation.name,
        subtitle=month[:1].upper() + month[1:],
        key_figures=key_figures(figures, words, say),
        summary=summary(figures, words, say),
        chart=chart(figures, words, say),
        sections=[
            *change_sections(header.changes, words),
            *energy_sections(figures, words),
            *finance_sections(figures, words, say),
            light_section(figures, words, say),
            *delay_sections(figures.delays, words),
            method_section(words),
        ],
        worksheets=[light_point_table(inputs, words)],
        signatures=signatures(words),
        frozen=words(
            "frozen",
            version=header.version,
            at=say.instant(header.frozen_at),
            by=header.frozen_by,
        ),
        fingerprint_label=words("fingerprint"),
        fingerprint=header.inputs_sha256,
        footer=words("footer", town=figures.organisation.name, month=month, version=header.version),
        page_label=words("page"),
        description=words("description"),
    )
