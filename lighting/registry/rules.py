"""What may become of an asset."""

from collections.abc import Mapping

from kit.errors import ConflictError
from lighting.registry.model import AssetState

_S = AssetState
# A removed asset stays removed: its number is not used again.
MOVES: Mapping[AssetState, frozenset[AssetState]] = {
    _S.PLANNED: frozenset({_S.IN_STOCK, _S.IN_SERVICE, _S.REMOVED}),
    _S.IN_STOCK: frozenset({_S.PLANNED, _S.IN_SERVICE, _S.OUT_OF_SERVICE, _S.REMOVED}),
    _S.IN_SERVICE: frozenset({_S.OUT_OF_SERVICE, _S.IN_STOCK, _S.REMOVED}),
    _S.OUT_OF_SERVICE: frozenset({_S.IN_SERVICE, _S.IN_STOCK, _S.REMOVED}),
    _S.REMOVED: frozenset(),
}


class IllegalStateMoveError(ConflictError):
    """The asset's state does not allow this one next."""

    code = "asset_illegal_state_move"
    title = "This state cannot follow the present one"


def check_move(present: AssetState, wanted: AssetState) -> None:
    """Refuse a state that cannot follow the present one; staying is always allowed."""
    if wanted is present or wanted in MOVES[present]:
        return
    allowed = ", ".join(sorted(state.value for state in MOVES[present])) or "nothing: it is final"
    raise IllegalStateMoveError(f"after '{present.value}' may come {allowed}")
