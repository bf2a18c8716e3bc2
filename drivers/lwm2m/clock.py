"""When values were measured: by the device's clock while that can be believed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from drivers.contract import DeviceEvent, EventKind
from drivers.lwm2m.senml import RELATIVE_BELOW_S

# A controller without coverage keeps its values and sends them late; a month covers a modem that
# was replaced. Ahead: a clock set by the network drifts by seconds.
BEHIND_MAX_S = timedelta(days=31).total_seconds()
AHEAD_MAX_S = timedelta(minutes=2).total_seconds()


class Instants(NamedTuple):
    """How the times of one message become instants."""

    received_at: datetime
    shift_s: float = 0.0

    def of(self, epoch_s: float | None) -> datetime:
        """The instant of a record; the reception where it has no time, or none to be believed."""
        if epoch_s is None:
            return self.received_at
        received_s = self.received_at.timestamp()
        at_s = _absolute_s(epoch_s, received_s) + self.shift_s
        if not -BEHIND_MAX_S <= at_s - received_s <= AHEAD_MAX_S:
            return self.received_at
        return datetime.fromtimestamp(round(at_s, 3), UTC)


def instants_of(
    times_s: Iterable[float | None], received_at: datetime, events: list[DeviceEvent]
) -> Instants:
    """How to read the times of one message.

    A clock that is wrong (1970, 2106) still counts seconds: its records are shifted so that the
    newest was measured when the message came, and an event says so.
    """
    received_s = received_at.timestamp()
    told = [one for one in times_s if one is not None]
    if all(_is_plausible(one, received_s) for one in told):
        return Instants(received_at)
    newest_s = max(_absolute_s(one, received_s) for one in told)
    detail = {"device_epoch_s": round(max(told)), "ahead_s": round(newest_s - received_s)}
    events.append(DeviceEvent(EventKind.CLOCK_IMPLAUSIBLE, received_at, detail))
    return Instants(received_at, received_s - newest_s)


def _is_relative(epoch_s: float) -> bool:
    """Below 2^28, SenML counts from now (RFC 8428, 4.5.3)."""
    return epoch_s < RELATIVE_BELOW_S


def _absolute_s(epoch_s: float, received_s: float) -> float:
    return received_s + epoch_s if _is_relative(epoch_s) else epoch_s


def _is_plausible(epoch_s: float, received_s: float) -> bool:
    """A value measured later than now, by relative time, comes from a clock that was never set."""
    if _is_relative(epoch_s) and epoch_s > 0:
        return False
    ahead_s = _absolute_s(epoch_s, received_s) - received_s
    return -BEHIND_MAX_S <= ahead_s <= AHEAD_MAX_S
