"""The code lists: complete in two languages, unambiguous, mapped to the standard's families."""

import pytest

from gmao.failures.model import (
    CODES,
    CauseFamily,
    CodeList,
    MechanismFamily,
    ReplacementReason,
    UnknownCodeError,
    check_code,
)


@pytest.mark.parametrize("kind", CodeList)
def test_a_list_has_no_code_twice_and_names_each_in_both_languages(kind: CodeList) -> None:
    codes = CODES[kind]
    assert len({code.code for code in codes}) == len(codes) > 0
    assert all(code.fr and code.en for code in codes)


def test_mechanisms_and_causes_belong_to_families_of_the_standard() -> None:
    assert all(isinstance(code.iso_14224, MechanismFamily) for code in CODES[CodeList.MECHANISM])
    assert all(isinstance(code.iso_14224, CauseFamily) for code in CODES[CodeList.CAUSE])


def test_every_replacement_reason_can_be_chosen() -> None:
    assert {code.code for code in CODES[CodeList.REPLACEMENT_REASON]} == set(ReplacementReason)


def test_only_a_programmed_renovation_triggers_the_technical_rules() -> None:
    assert [reason for reason in ReplacementReason if reason.is_renovation] == [
        ReplacementReason.PROGRAMMED_RENOVATION
    ]


def test_a_code_of_another_list_is_refused_with_the_right_ones() -> None:
    check_code(CodeList.MODE, "light_out")
    with pytest.raises(UnknownCodeError) as refusal:
        check_code(CodeList.MODE, "luminaire_replaced")
    assert "light_out" in refusal.value.extra["known"]
