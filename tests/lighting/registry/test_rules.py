"""The life cycle of an asset."""

import pytest

from lighting.registry.model import AssetState
from lighting.registry.rules import IllegalStateMoveError, check_move


@pytest.mark.parametrize("state", list(AssetState))
def test_staying_is_always_allowed(state: AssetState) -> None:
    check_move(state, state)


@pytest.mark.parametrize("state", [one for one in AssetState if one is not AssetState.REMOVED])
def test_removed_is_final(state: AssetState) -> None:
    check_move(state, AssetState.REMOVED)
    with pytest.raises(IllegalStateMoveError, match="it is final"):
        check_move(AssetState.REMOVED, state)


def test_what_serves_was_never_planned_again() -> None:
    with pytest.raises(IllegalStateMoveError, match="in_stock, out_of_service, removed"):
        check_move(AssetState.IN_SERVICE, AssetState.PLANNED)
