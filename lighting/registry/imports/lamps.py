"""From the rows of a file to lamps: split, named, and set apart where they cannot be taken."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lighting.registry.imports.mapping import Lamps, MappingSpec
from lighting.registry.imports.model import BadValueError, Lamp, Rejected, SourceRow
from lighting.registry.imports.positions import Located, locate
from lighting.registry.imports.values import FieldReader, read_text


@dataclass(slots=True)
class _Reading:
    """One row on its way: the lamps it gave, or the problems that keep it out."""

    row: SourceRow
    key: str = ""
    lamps: list[Lamp] = field(default_factory=list)
    problems: list[BadValueError] = field(default_factory=list)


def read_lamps(
    rows: Sequence[SourceRow], mapping: MappingSpec, latest_on: date
) -> tuple[list[Lamp], list[Rejected]]:
    """Every lamp of the rows that can be taken, and every row that cannot, with its reasons.

    `latest_on` is the last date on which something can have been installed.
    """
    reader = FieldReader(mapping, latest_on)
    lamps_at: Counter[str] = Counter()
    readings = [
        _read(row, place, mapping, reader, lamps_at)
        for row, place in zip(rows, locate(rows, mapping), strict=True)
    ]
    _refuse_twice(readings, "duplicate_key", lambda lamp: lamp.key)
    _refuse_twice(readings, "duplicate_code", lambda lamp: lamp.facts.get("code"))
    lamps = [lamp for one in readings if not one.problems for lamp in one.lamps]
    return lamps, [_rejected(one) for one in readings if one.problems]


def _read(
    row: SourceRow,
    place: Located | BadValueError,
    mapping: MappingSpec,
    reader: FieldReader,
    lamps_at: Counter[str],
) -> _Reading:
    reading = _Reading(row)
    if isinstance(place, BadValueError):
        reading.problems.append(place)
        return reading
    try:
        reading.key = _key(row, place, mapping, reader, lamps_at)
        code = _code(row, mapping, reader)
        parts = split(row.values, mapping.lamps)
    except BadValueError as problem:
        reading.problems.append(problem)
        return reading
    support_key = place.name if mapping.support == "position" else reading.key
    for number, values in enumerate(parts, start=1):
        facts, problems = reader.facts(values)
        facts |= {"lon_deg": place.lon_deg, "lat_deg": place.lat_deg}
        if code is not None:
            facts["code"] = _numbered(code, number, "-")
        key = _numbered(reading.key, number, "/")
        reading.lamps.append(Lamp(row.line, number, key, support_key, facts))
        reading.problems.extend(problems)
    return reading


def _key(
    row: SourceRow,
    place: Located,
    mapping: MappingSpec,
    reader: FieldReader,
    lamps_at: Counter[str],
) -> str:
    """The source's name of the row; lamps at one position are told apart by their order."""
    if mapping.key.position:
        lamps_at[place.name] += 1
        return f"{place.name}#{lamps_at[place.name]}"
    parts = [row.values[column] for column in mapping.key.columns]
    if any(reader.is_blank(part) for part in parts):
        columns = ", ".join(mapping.key.columns)
        raise BadValueError("missing_key", f"has no {columns}, by which it would be known again")
    return "/".join(read_text(part) for part in parts)


def _code(row: SourceRow, mapping: MappingSpec, reader: FieldReader) -> str | None:
    """The plate number that the row gives; None when we give one."""
    spec = mapping.code
    code = "" if spec.column is None else read_text(row.values[spec.column])
    if not reader.is_blank(code) and len(code.encode()) <= spec.length_max:
        return code
    if spec.prefix is not None:
        return None
    if reader.is_blank(code):
        raise BadValueError("missing_code", f"has no {spec.column}, its number")
    raise BadValueError("unusable_text", f"the number '{code[:40]}…' is too long")


def split(values: Mapping[str, str], lamps: Lamps | None) -> Sequence[Mapping[str, str]]:
    """The row once per lamp that it describes. The first lamp keeps the number of the row."""
    if lamps is None or lamps.separator not in values[lamps.count_by]:
        return (values,)
    counted = _parts(values[lamps.count_by], lamps)
    if lamps.rule == "quarantine":
        raise BadValueError("several_lamps", f"holds {len(counted)} lamps; give each its own row")
    tagged = ["(" in part for part in counted]
    split_values: list[dict[str, str]] = [dict(values) for _ in counted]
    for column in lamps.columns:
        parts = _parts(values[column], lamps)
        if len(parts) not in (1, len(counted)):
            raise BadValueError(
                "lamps_disagree", f"{column} tells of {len(parts)} lamps, not {len(counted)}"
            )
        for number, own in enumerate(split_values):
            is_silent = len(parts) == 1 and any(tagged) and not tagged[number]
            own[column] = "" if is_silent else parts[number % len(parts)]
    return split_values


def _parts(value: str, lamps: Lamps) -> list[str]:
    return [part.strip() for part in value.split(lamps.separator)]


def _numbered(name: str, number: int, separator: str) -> str:
    return name if number == 1 else f"{name}{separator}{number}"


def _refuse_twice(
    readings: Iterable[_Reading], code: str, name_of: Callable[[Lamp], str | None]
) -> None:
    """Refuse every row whose lamps share a name with another's: none can be told from the other."""
    sound = [one for one in readings if not one.problems]
    count = Counter(name_of(lamp) for one in sound for lamp in one.lamps)
    for one in sound:
        twice = [name_of(lamp) for lamp in one.lamps if count[name_of(lamp)] > 1]
        if twice and twice[0] is not None:
            sentence = f"'{twice[0]}' stands in {count[twice[0]]} rows of the file"
            one.problems.append(BadValueError(code, sentence))


def _rejected(reading: _Reading) -> Rejected:
    return Rejected(
        line=reading.row.line,
        code=reading.problems[0].code,
        reason="; ".join(dict.fromkeys(str(problem) for problem in reading.problems)),
        raw={name: value.replace("\x00", "�") for name, value in reading.row.values.items()},
        key=reading.key,
    )
