"""When equipment may go into a light point and out of it."""

from datetime import datetime

from kit.errors import ConflictError, InvalidInputError
from lighting.registry.installations.model import AFTER_REMOVAL
from lighting.registry.model import AssetState


class EquipmentElsewhereError(ConflictError):
    """The equipment is in another light point."""

    code = "equipment_elsewhere"
    title = "This equipment is installed elsewhere"


class EquipmentRetiredError(ConflictError):
    """The equipment was taken out for good."""

    code = "equipment_retired"
    title = "This equipment was removed for good"


class StayOrderError(ConflictError):
    """The instant lies before something that already happened there."""

    code = "installation_order"
    title = "This happened before the last change there"


def check_order(at: datetime, *earlier: datetime | None) -> None:
    """Refuse an instant before any of the earlier ones."""
    last = max((instant for instant in earlier if instant is not None), default=None)
    if last is not None and at < last:
        raise StayOrderError(
            f"the last change there was at {last.isoformat()}; give that instant or a later one"
        )


def check_told(at: datetime, now: datetime) -> None:
    """Refuse to note what has not happened yet."""
    if at > now:
        raise InvalidInputError("this lies in the future; note it when it is done")


def check_fit(state: AssetState, *, place_state: AssetState) -> None:
    """Refuse retired equipment, and light points that are no more."""
    if state is AssetState.REMOVED:
        raise EquipmentRetiredError("register it again, or choose another piece")
    if place_state is AssetState.REMOVED:
        raise ConflictError("this light point was removed; choose another one")


def check_after_removal(state: AssetState) -> None:
    """Refuse states that make no sense for equipment on a shelf."""
    if state not in AFTER_REMOVAL:
        allowed = ", ".join(sorted(one.value for one in AFTER_REMOVAL))
        raise InvalidInputError(f"equipment taken out becomes one of: {allowed}")
