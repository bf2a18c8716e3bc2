"""When a frame's values were measured: by the device's clock while that can be believed."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from drivers.contract import DeviceEvent, EventKind
from drivers.lorawan.nas.packet import EPOCH_S_MIN
from drivers.lorawan.nas.wire import BOOT_PORT, STATUS_PORT, STATUS_PORT_1_0


class ClockLimits(NamedTuple):
    """How far a device's clock may be from the reception before it is taken as wrong."""

    behind: timedelta
    ahead: timedelta


# A class C controller sends a status as it makes it, so its clock and the reception agree to
# seconds; an hour leaves room for a gateway that buffered, two minutes for a clock that drifts.
LIVE = ClockLimits(behind=timedelta(hours=1), ahead=timedelta(minutes=2))

# Where the u32 stands in the packets that carry a clock, by port.
_EPOCH_OFFSETS = {STATUS_PORT: 1, STATUS_PORT_1_0: 0, BOOT_PORT: 8}


def device_time(port: int, payload: bytes) -> datetime | None:
    """The device's clock in this frame, None when it sends none or says itself it has none."""
    offset = _EPOCH_OFFSETS.get(port)
    if offset is None or len(payload) < offset + 4 or (port == BOOT_PORT and payload[0] != 0):
        return None
    epoch_s = int.from_bytes(payload[offset : offset + 4], "little")
    return datetime.fromtimestamp(epoch_s, UTC) if epoch_s >= EPOCH_S_MIN else None


def measured_at(
    epoch_s: int, received_at: datetime, limits: ClockLimits, events: list[DeviceEvent]
) -> datetime:
    """The device's own instant, or the reception (and an event) when its clock is wrong."""
    ahead_s = epoch_s - received_at.timestamp()
    is_plausible = (
        epoch_s >= EPOCH_S_MIN
        and -limits.behind.total_seconds() <= ahead_s <= limits.ahead.total_seconds()
    )
    if is_plausible:
        return datetime.fromtimestamp(epoch_s, UTC)
    detail = {"device_epoch_s": epoch_s, "ahead_s": round(ahead_s)}
    events.append(DeviceEvent(EventKind.CLOCK_IMPLAUSIBLE, received_at, detail))
    return received_at
