"""What an import would do, from what a file says and what the registry knows."""

from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from lighting.registry.history.model import LightPointImage
from lighting.registry.imports.model import Lamp, Outcome, Plan
from lighting.registry.imports.planning import Known, counts, plan
from lighting.registry.model import AssetState

OLD, OTHER = UUID(int=1), UUID(int=2)
PLACE = {"lon_deg": 3.87, "lat_deg": 43.61}


def lamp(key: str, line: int = 2, number: int = 1, **facts: Any) -> Lamp:
    return Lamp(line, number, key, facts.pop("support_key", key), {**PLACE, **facts})


def image(code: str, **facts: Any) -> LightPointImage:
    return LightPointImage(code=code, support_code=code, **{**PLACE, **facts})


def planned(lamps: Sequence[Lamp], known: Known | None = None, **defaults: Any) -> Plan:
    numbers = count(100)
    return plan(
        lamps,
        known or Known(images={}),
        prefix="PL-",
        defaults=defaults,
        new_id=lambda: UUID(int=next(numbers)),
    )


def knowing(before: LightPointImage, **more: Any) -> Known:
    return Known(images={"k": (OLD, before)}, **more)


def test_what_nobody_knows_is_created() -> None:
    (one,) = planned([lamp("k", code="PL-1", rated_power_w=42.0)]).lamps
    assert (one.outcome, one.before) == (Outcome.CREATED, None)
    assert (one.after.code, one.after.support_code) == ("PL-1", "PL-1")
    assert (one.after.maker, one.after.model) == ("", "")


def test_a_lamp_of_which_nothing_is_known_has_no_luminaire() -> None:
    (one,) = planned([lamp("k", code="PL-1")]).lamps
    assert one.after.maker is None


def test_what_is_as_known_is_unchanged() -> None:
    before = image("PL-1", street="Rue Haute", cabinet_code="ARM-1")
    (one,) = planned([lamp("k", code="PL-1", street="Rue Haute")], knowing(before)).lamps
    assert (one.outcome, one.light_point_id) == (Outcome.UNCHANGED, OLD)


def test_what_the_file_leaves_blank_stays_as_known() -> None:
    before = image("PL-1", street="Rue Haute", attributes={"owner": "town", "arm": "long"})
    (one,) = planned([lamp("k", attributes={"arm": "short"})], knowing(before)).lamps
    assert one.outcome is Outcome.CHANGED
    assert one.after.street == "Rue Haute"
    assert one.after.attributes == {"owner": "town", "arm": "short"}


def test_defaults_do_not_overrule_what_is_known() -> None:
    before = image("PL-1", state=AssetState.OUT_OF_SERVICE)
    (one,) = planned([lamp("k")], knowing(before), state=AssetState.IN_SERVICE).lamps
    assert one.outcome is Outcome.UNCHANGED
    (new,) = planned([lamp("new")], state=AssetState.PLANNED).lamps
    assert new.after.state is AssetState.PLANNED


def test_a_lamp_that_moves_to_another_cabinet_leaves_its_circuit() -> None:
    before = image("PL-1", cabinet_code="ARM-1", circuit_code="A")
    (one,) = planned([lamp("k", cabinet_code="ARM-2")], knowing(before)).lamps
    assert (one.after.cabinet_code, one.after.circuit_code) == ("ARM-2", None)


def test_numbers_follow_the_last_one_given() -> None:
    known = Known(images={}, last_number=41)
    found = planned([lamp("a"), lamp("b", line=3, code="X"), lamp("c", line=4)], known)
    assert [one.after.code for one in found.lamps] == ["PL-000042", "X", "PL-000043"]


def test_lamps_on_one_support_share_it() -> None:
    lamps = [lamp("a", code="PL-1", support_key="s"), lamp("b", 3, code="PL-2", support_key="s")]
    assert [one.after.support_code for one in planned(lamps).lamps] == ["PL-1", "PL-1"]


def test_a_support_known_from_before_is_found_again() -> None:
    known = Known(images={}, support_codes={"s": "PL-9"})
    (one,) = planned([lamp("a", code="PL-1", support_key="s")], known).lamps
    assert one.after.support_code == "PL-9"


def test_a_support_does_not_take_anothers_name() -> None:
    known = Known(images={}, taken_support_codes=frozenset({"PL-1"}))
    (one,) = planned([lamp("a", code="PL-1")], known).lamps
    assert one.after.support_code not in (None, "PL-1")


CLASHES: dict[str, tuple[dict[str, Any], LightPointImage | None, dict[str, Any]]] = {
    "code_taken": ({"code": "PL-7"}, None, {"codes": {"PL-7": OTHER}}),
    "equipment_elsewhere": ({"luminaire_serial": "L"}, None, {"serials": {"L": OTHER}}),
    "equipment_replaced": ({"luminaire_serial": "N"}, image("P", luminaire_serial="O"), {}),
    "illegal_state": ({"state": AssetState.PLANNED}, image("P"), {}),
    "circuit_without_cabinet": ({"circuit_code": "A"}, None, {}),
    "controller_incomplete": ({"controller_address": "a1"}, None, {}),
    "unusable_text": ({"cabinet_code": "x" * 41}, None, {}),
}


@pytest.mark.parametrize("code", CLASHES)
def test_what_clashes_is_kept_apart(code: str) -> None:
    facts, before, more = CLASHES[code]
    images = {} if before is None else {"k": (OLD, before)}
    found = planned([lamp("k", **facts)], Known(images=images, **more))
    assert [row.code for row in found.rejected] == [code]
    assert found.lamps == []


def test_a_serial_that_lies_in_stock_may_be_used() -> None:
    found = planned([lamp("k", luminaire_serial="L")], Known(images={}, serials={"L": None}))
    assert found.rejected == []


def test_lamps_that_deny_each_other_never_come_to_rest_and_are_kept_apart() -> None:
    lamps = [
        lamp("a", 2, support_key="s", support_height_m=5.0),
        lamp("b", 3, support_key="s", support_height_m=6.0),
    ]
    found = planned(lamps)
    assert [one.key for one in found.lamps] == ["a"]
    assert [row.code for row in found.rejected] == ["support_disagrees"]


def test_a_row_is_taken_whole_or_not_at_all() -> None:
    lamps = [lamp("a", 2, 1, code="A"), lamp("a/2", 2, 2, code="B")]
    found = planned(lamps, Known(images={}, codes={"B": OTHER}))
    assert found.lamps == []
    assert [row.line for row in found.rejected] == [2]


def test_lamps_that_the_file_does_not_name_are_counted_and_left_alone() -> None:
    known = Known(images={"k": (OLD, image("PL-1")), "gone": (OTHER, image("PL-2"))})
    assert planned([lamp("k")], known).absent_count == 1


def test_every_row_has_one_outcome() -> None:
    outcomes = [
        *((2, outcome) for outcome in (Outcome.UNCHANGED, Outcome.CREATED)),  # two lamps
        (3, Outcome.UNCHANGED),
        (4, Outcome.QUARANTINED),
        (5, Outcome.CHANGED),
    ]
    found = counts(outcomes, absent_count=7)
    assert found == {
        **{"read": 4, "created": 1, "changed": 1, "unchanged": 1, "quarantined": 1},
        "absent": 7,
    }
