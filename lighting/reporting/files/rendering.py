"""Every file of a report from its inputs and its header."""

from collections.abc import Iterator
from typing import NamedTuple

from lighting.reporting import canonical
from lighting.reporting.composing import compose
from lighting.reporting.compute import figures
from lighting.reporting.files.csv_file import csv_file
from lighting.reporting.files.json_file import json_file
from lighting.reporting.files.pdf import pdf
from lighting.reporting.files.xlsx import xlsx
from lighting.reporting.model import Language, ReportHeader
from lighting.reporting.wording import Wording

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
# Formats with words in them, one file for each language; the others are the same in all.
IN_WORDS = ("pdf", "xlsx")


class MadeFile(NamedTuple):
    """A file, named by its format and, where it has words, its language: `pdf.fr`, `csv`."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return canonical.sha256(self.content)


def file_name(file_format: str, language: Language) -> str:
    """The name under which a format is kept."""
    return f"{file_format}.{language.value}" if file_format in IN_WORDS else file_format


def render(inputs_content: bytes, header: ReportHeader) -> list[MadeFile]:
    """All files of a report from the stored bytes of its inputs: the same bytes, always."""
    return list(_files(inputs_content, header))


def _files(inputs_content: bytes, header: ReportHeader) -> Iterator[MadeFile]:
    inputs = canonical.decode_inputs(inputs_content)
    found = figures(inputs)
    timezone = inputs.organisation.timezone
    for language in Language:
        document = compose(found, inputs, header, language)
        printed = pdf(document, Wording(language, timezone), header.frozen_at)
        yield MadeFile(file_name("pdf", language), MEDIA_TYPES["pdf"], printed)
        worked = xlsx(document, header.frozen_at, timezone)
        yield MadeFile(file_name("xlsx", language), MEDIA_TYPES["xlsx"], worked)
    yield MadeFile("csv", MEDIA_TYPES["csv"], csv_file(inputs))
    yield MadeFile("json", MEDIA_TYPES["json"], json_file(header, found, inputs_content))
