"""What an import would do: each lamp of the file against what the registry knows of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from lighting.registry.history.model import LightPointImage
from lighting.registry.imports.model import (
    BadValueError,
    Lamp,
    Outcome,
    Plan,
    PlannedLamp,
    Rejected,
)
from lighting.registry.model import CODE_BYTES_MAX
from lighting.registry.rules import IllegalStateMoveError, check_move

NUMBER_DIGITS = 6
_OF_SUPPORT = ("support_height_m", "support_material")
_OF_LUMINAIRE = (
    *("maker", "model", "lamp_technology", "rated_power_w", "cct_k", "luminaire_serial"),
    "installed_on",
)
_OF_CONTROLLER = ("controller_network", "controller_profile", "controller_period_s")


@dataclass(frozen=True, slots=True)
class Known:
    """What the registry knows that the file touches.

    `images` by the source's key; `support_codes` by the source's key of the support; `codes`,
    `serials` and `controllers` tell which light point has a number, a luminaire serial or a
    controller address (None: the controller is in stock).
    """

    images: Mapping[str, tuple[UUID, LightPointImage]]
    support_codes: Mapping[str, str] = field(default_factory=dict)
    taken_support_codes: frozenset[str] = frozenset()
    codes: Mapping[str, UUID] = field(default_factory=dict)
    serials: Mapping[str, UUID | None] = field(default_factory=dict)
    controllers: Mapping[str, UUID | None] = field(default_factory=dict)
    last_number: int = 0


@dataclass(slots=True)
class _Planning:
    """The state of one planning: numbers given, supports named."""

    known: Known
    prefix: str
    defaults: Mapping[str, Any]
    new_id: Callable[[], UUID]
    number: int
    support_codes: dict[str, str]
    taken: set[str]
    support_facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def plan(
    lamps: Sequence[Lamp],
    known: Known,
    *,
    prefix: str,
    defaults: Mapping[str, Any],
    new_id: Callable[[], UUID],
    rejected: Sequence[Rejected] = (),
) -> Plan:
    """Lamp by lamp what would be created and changed; lamps that clash with what is known, and
    the other lamps of their rows, are rejected."""
    planning = _Planning(
        *(known, prefix, defaults, new_id, known.last_number),
        support_codes=dict(known.support_codes),
        taken={*known.taken_support_codes, *known.support_codes.values()},
    )
    planned: list[PlannedLamp] = []
    clashing: dict[int, Rejected] = {}
    for lamp in lamps:
        try:
            planned.append(_planned(lamp, planning))
        except BadValueError as problem:
            clashing.setdefault(lamp.line, _clash(lamp, problem))
    named = {lamp.key for lamp in lamps} | {one.key for one in rejected}
    return Plan(
        lamps=[one for one in planned if one.line not in clashing],
        rejected=[*rejected, *clashing.values()],
        absent_count=len(known.images.keys() - named),
    )


def _planned(lamp: Lamp, planning: _Planning) -> PlannedLamp:
    light_point_id, before = planning.known.images.get(lamp.key, (None, None))
    _check_support(lamp, planning)
    if light_point_id is None or before is None:
        light_point_id = planning.new_id()
        after = _new_image(lamp, planning)
    else:
        after = _changed_image(lamp, before)
    _check_image(after)
    _check_clashes(light_point_id, before, after, planning.known)
    return PlannedLamp(
        line=lamp.line,
        number=lamp.number,
        outcome=_outcome(before, after),
        key=lamp.key,
        support_key=lamp.support_key,
        light_point_id=light_point_id,
        before=before,
        after=after,
    )


def _outcome(before: LightPointImage | None, after: LightPointImage) -> Outcome:
    if before is None:
        return Outcome.CREATED
    return Outcome.UNCHANGED if before == after else Outcome.CHANGED


def _new_image(lamp: Lamp, planning: _Planning) -> LightPointImage:
    """Defaults hold only for what is new: later, the registry knows better."""
    facts = {**planning.defaults, **lamp.facts}
    code = facts.get("code")
    if code is None:
        planning.number += 1
        code = f"{planning.prefix}{planning.number:0{NUMBER_DIGITS}d}"
    support_code = _support_code(lamp, planning)
    if support_code is None:
        support_code = _free(code, planning.taken)
        planning.taken.add(support_code)
        planning.support_codes[lamp.support_key] = support_code
    return _whole({**facts, "code": code, "support_code": support_code})


def _support_code(lamp: Lamp, planning: _Planning) -> str | None:
    """The support of an earlier lamp on it: by its own key, or by that of its first lamp."""
    if lamp.support_key in planning.support_codes:
        return planning.support_codes[lamp.support_key]
    _, first = planning.known.images.get(lamp.support_key, (None, None))
    return None if first is None else first.support_code


def _free(code: str, taken: set[str]) -> str:
    """A support is called like its first light point, unless that name is taken."""
    return code if code not in taken else f"{code}/{len(taken)}"


def _changed_image(lamp: Lamp, before: LightPointImage) -> LightPointImage:
    """What the file says replaces what was known; where it says nothing, nothing changes."""
    facts = dict(lamp.facts)
    if "attributes" in facts:
        facts["attributes"] = {**before.attributes, **facts["attributes"]}
    if facts.get("cabinet_code", before.cabinet_code) != before.cabinet_code:
        facts.setdefault("circuit_code", None)  # the circuit was one of the other cabinet
        facts.setdefault("circuit_phase", None)
    return _whole({**msgspec.structs.asdict(before), **facts})


def _whole(facts: Mapping[str, Any]) -> LightPointImage:
    """The image; a luminaire of which anything is known has a maker and a model, maybe blank."""
    image = LightPointImage(**facts)
    if all(getattr(image, name) is None for name in _OF_LUMINAIRE):
        return image
    return msgspec.structs.replace(image, maker=image.maker or "", model=image.model or "")


def _check_support(lamp: Lamp, planning: _Planning) -> None:
    """Lamps on one support must say the same of it, or importing twice would never come to rest."""
    said = {name: lamp.facts[name] for name in _OF_SUPPORT if name in lamp.facts}
    if planning.support_facts.setdefault(lamp.support_key, said) != said:
        raise BadValueError("support_disagrees", "says of its support what another lamp denies")


def _check_image(image: LightPointImage) -> None:
    codes = (image.code, image.cabinet_code, image.circuit_code)
    if any(len(code.encode()) > CODE_BYTES_MAX for code in codes if code is not None):
        raise BadValueError("unusable_text", f"a number is longer than {CODE_BYTES_MAX} bytes")
    if image.circuit_code is not None and image.cabinet_code is None:
        raise BadValueError("circuit_without_cabinet", "names a circuit, but no cabinet")
    if image.controller_address is not None and any(
        getattr(image, name) is None for name in _OF_CONTROLLER
    ):
        raise BadValueError(
            "controller_incomplete", f"a controller also needs {', '.join(_OF_CONTROLLER)}"
        )


def _check_clashes(
    light_point_id: UUID, before: LightPointImage | None, after: LightPointImage, known: Known
) -> None:
    """Refuse what would take something from another light point, or replace equipment."""
    if known.codes.get(after.code, light_point_id) != light_point_id:
        raise BadValueError("code_taken", f"'{after.code}' is another light point's number")
    if before is not None:
        _check_stays(before, after)
    for name, holders in (
        ("luminaire_serial", known.serials),
        ("controller_address", known.controllers),
    ):
        value = getattr(after, name)
        holder = holders.get(value, light_point_id) if value is not None else None
        if holder not in (None, light_point_id):
            raise BadValueError("equipment_elsewhere", f"{value} is in another light point")


def _check_stays(before: LightPointImage, after: LightPointImage) -> None:
    """An import corrects what is said of equipment; replacing it is a swap, which has a date."""
    for name in ("luminaire_serial", "controller_address"):
        old, new = getattr(before, name), getattr(after, name)
        if old is not None and old != new:
            raise BadValueError(
                "equipment_replaced", f"{old} is there, the file says {new}; record the swap"
            )
    try:
        check_move(before.state, after.state)
    except IllegalStateMoveError as refusal:
        raise BadValueError("illegal_state", refusal.detail) from refusal


def _clash(lamp: Lamp, problem: BadValueError) -> Rejected:
    raw = {name: str(value) for name, value in lamp.facts.items()}
    return Rejected(lamp.line, problem.code, str(problem), raw, lamp.key)


def counts(outcomes: Iterable[tuple[int, Outcome]], absent_count: int) -> dict[str, int]:
    """How many rows were read and what became of each; a row of two lamps counts once."""
    order = list(Outcome)
    by_line: dict[int, Outcome] = {}
    for line, outcome in outcomes:
        by_line[line] = max(by_line.get(line, outcome), outcome, key=order.index)
    found = list(by_line.values())
    return {
        "read": len(found),
        **{outcome.value: found.count(outcome) for outcome in order[::-1]},
        "absent": absent_count,
    }
