"""The files of a report: the same bytes every time, safe to open, and true to the figures."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta

import openpyxl
import pypdf
import pytest

from lighting.reporting import canonical
from lighting.reporting.compute import figures
from lighting.reporting.files.rendering import MadeFile, render
from lighting.reporting.files.safe_text import safe_text
from lighting.reporting.model import CabinetFacts, Energy, Language
from lighting.reporting.wording import Wording
from tests.lighting.reporting import samples

CONTENT = canonical.encode(samples.inputs())
HEADER = samples.header(canonical.sha256(CONTENT))
NAMES = ["pdf.fr", "xlsx.fr", "pdf.en", "xlsx.en", "csv", "json"]

IN_ANOTHER_PROCESS = """
import sys
from lighting.reporting import canonical
from lighting.reporting.files.rendering import render
from tests.lighting.reporting import samples
content = canonical.encode(samples.inputs())
for one in render(content, samples.header(canonical.sha256(content))):
    print(one.name, one.sha256)
"""


@pytest.fixture(scope="module")
def files() -> Mapping[str, MadeFile]:
    return {one.name: one for one in render(CONTENT, HEADER)}


def text_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_made_again_every_file_has_the_same_bytes(files: Mapping[str, MadeFile]) -> None:
    again = {one.name: one for one in render(CONTENT, HEADER)}
    assert list(again) == NAMES
    for name, one in again.items():
        assert one.content == files[name].content, name


def test_another_process_elsewhere_makes_the_same_bytes(files: Mapping[str, MadeFile]) -> None:
    elsewhere = {
        **os.environ,
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    printed = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        env=elsewhere,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    hashes = dict(line.split() for line in printed.splitlines())
    assert hashes == {name: one.sha256 for name, one in files.items()}


def test_inputs_come_back_as_they_were_stored() -> None:
    assert canonical.encode(canonical.decode_inputs(CONTENT)) == CONTENT


def test_the_pdf_says_the_figures_and_their_factor(files: Mapping[str, MadeFile]) -> None:
    text = text_of(files["pdf.fr"].content)
    found = figures(samples.inputs())
    assert "Villeneuve-sur-Bèze" in text
    assert "Octobre 2026" in text
    assert "0,040 kg par kWh" in text.replace("\u00a0", " ")
    assert HEADER.inputs_sha256 in text.replace(" ", "")
    assert found.cost is not None
    cost = Wording(Language.FR, "UTC").number(found.cost.including_vat_eur, 2)
    assert " ".join(cost.split()) in text
    assert "October 2026" in text_of(files["pdf.en"].content)


def test_the_pdf_is_archival_accessible_and_dated_by_its_freezing(
    files: Mapping[str, MadeFile],
) -> None:
    reader = pypdf.PdfReader(io.BytesIO(files["pdf.fr"].content))
    metadata = reader.xmp_metadata
    assert metadata is not None
    assert b"pdfaid:part>2<" in files["pdf.fr"].content
    assert b"pdfuaid:part>1<" in files["pdf.fr"].content
    assert reader.metadata is not None
    assert reader.metadata.creation_date == HEADER.frozen_at
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] is not None


def test_a_later_freezing_is_another_document(files: Mapping[str, MadeFile]) -> None:
    later = samples.header(HEADER.inputs_sha256)
    moved = type(later)(
        later.report_id,
        later.version,
        later.frozen_at + timedelta(minutes=1),
        later.frozen_by,
        later.inputs_sha256,
    )
    assert render(CONTENT, moved)[0].content != files["pdf.fr"].content


def test_the_csv_alone_gives_every_sum_again(files: Mapping[str, MadeFile]) -> None:
    text = files["csv"].content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    whole = figures(samples.inputs()).total
    sums = {name: sum(int(row[name]) for row in rows) for name in Energy._fields}
    assert Energy(**sums) == whole
    assert len(rows) == 310


def test_the_json_holds_the_inputs_its_fingerprint_is_of(files: Mapping[str, MadeFile]) -> None:
    content = files["json"].content
    inputs = content[content.index(b'"inputs":') + 9 : content.index(b',"report":')]
    assert hashlib.sha256(inputs).hexdigest() == HEADER.inputs_sha256
    told = json.loads(content)
    assert told["report"]["inputs_sha256"] == HEADER.inputs_sha256
    assert told["figures"]["total"]["energy_wh"] == figures(samples.inputs()).total.energy_wh


def test_the_workbook_holds_numbers_every_light_point_and_no_formula(
    files: Mapping[str, MadeFile],
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx.fr"].content))
    days = book["Énergie jour par jour"]
    assert days["E33"].value == pytest.approx(float(figures(samples.inputs()).total.energy_kwh))
    assert book["Points lumineux"].max_row == 1141
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


@pytest.mark.parametrize("dangerous", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
def test_no_name_becomes_a_formula(dangerous: str) -> None:
    first = CabinetFacts(samples.cabinets()[0].id, dangerous, dangerous, None, None)
    content = canonical.encode(samples.inputs(cabinets=[first, *samples.cabinets()[1:]]))
    made = {one.name: one.content for one in render(content, HEADER)}
    rows = csv.reader(io.StringIO(made["csv"].decode("utf-8-sig"), newline=""), delimiter=";")
    assert list(rows)[1][0] == f"'{dangerous}"
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx.fr"]))
    assert book["Énergie par armoire"]["A2"].data_type == "s"


def test_ordinary_text_is_left_alone() -> None:
    assert safe_text("Rue de l’Église") == "Rue de l’Église"


def test_a_second_version_says_what_changed() -> None:
    header = samples.header(HEADER.inputs_sha256, version=2)
    made = {one.name: one.content for one in render(CONTENT, header)}
    text = text_of(made["pdf.fr"])
    assert "Ce qui a changé depuis la version précédente" in text
    assert "Armoire ARM-003 (kWh)" in text.replace("\u00a0", " ")


def test_an_empty_month_still_makes_every_file() -> None:
    bare = samples.inputs(
        cabinet_days=[],
        cabinets=[],
        light_points=[],
        rates=[],
        baseline=None,
        co2_factor=None,
        outages=[],
        delays=[],
        year_before=None,
    )
    content = canonical.encode(bare)
    made = render(content, samples.header(canonical.sha256(content)))
    assert [one.name for one in made] == NAMES
    assert "Aucune situation de référence" in text_of(made[0].content)
