"""Taking from a store: always possible, never below zero, never without a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmao.stock.rules import Taking, take


@pytest.mark.parametrize(
    ("held", "taken", "taking"),
    [
        pytest.param(5, 2, Taking(0, 3), id="enough"),
        pytest.param(2, 2, Taking(0, 0), id="the last ones"),
        pytest.param(1, 3, Taking(2, 0), id="the books lacked two"),
        pytest.param(0, 1, Taking(1, 0), id="the books had none"),
    ],
)
def test_a_lack_is_written_in_before_it_goes_out(held: int, taken: int, taking: Taking) -> None:
    assert take(held, taken) == taking


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_books_balance_and_are_never_negative(held: int, taken: int) -> None:
    taking = take(held, taken)
    assert taking.left_quantity >= 0
    assert held + taking.shortfall_quantity - taken == taking.left_quantity


@pytest.mark.parametrize(("held", "taken"), [(3, 0), (-1, 1)])
def test_nonsense_is_a_programming_error(held: int, taken: int) -> None:
    with pytest.raises(ValueError, match="never negative"):
        take(held, taken)
