"""The CSV: every cabinet and date in whole watt-hours and seconds, from which all sums follow.

UTF-8 with a mark, semicolons, so that a spreadsheet set to French opens it as it is; whole numbers
only, so that no decimal mark is ever misread.
"""

import csv
import io

from lighting.reporting.files.safe_text import safe_text
from lighting.reporting.model import NO_CABINET, CabinetDay, Energy, ReportInputs

HEADERS = (
    "cabinet_code",
    "cabinet_name",
    "prm",
    "date",
    "light_point_count",
    "energy_wh",
    *Energy._fields,
)


def csv_file(inputs: ReportInputs) -> bytes:
    """One row for each cabinet and date, in their order."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(_row(inputs, one) for one in inputs.cabinet_days)
    return stream.getvalue().encode("utf-8-sig")


def _row(inputs: ReportInputs, one: CabinetDay) -> list[str | int]:
    names = ("", "", "")
    if one.cabinet != NO_CABINET:
        facts = inputs.cabinets[one.cabinet]
        names = (safe_text(facts.code), safe_text(facts.name), safe_text(facts.prm or ""))
    return [
        *names,
        one.on.isoformat(),
        one.light_point_count,
        one.energy.energy_wh,
        *one.energy,
    ]
