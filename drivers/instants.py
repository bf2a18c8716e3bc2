"""When values were measured: by the device's clock while that can be believed.

For devices that keep what they measured and send it late: several values, each with its time.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from drivers.contract import DeviceEvent, EventKind

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
        if epoch_s is None or not _is_plausible(epoch_s + self.shift_s, self.received_at):
            return self.received_at
        return datetime.fromtimestamp(round(epoch_s + self.shift_s, 3), UTC)


def instants_of(
    times_s: Iterable[float | None], received_at: datetime, events: list[DeviceEvent]
) -> Instants:
    """How to read the times of one message, seconds since 1970 each, finite.

    A clock that is wrong (1970, 2106) still counts seconds: its records are shifted so that the
    newest was measured when the message came, and an event says so.
    """
    told = [one for one in times_s if one is not None]
    if all(_is_plausible(one, received_at) for one in told):
        return Instants(received_at)
    newest_s = max(told)
    ahead_s = newest_s - received_at.timestamp()
    detail = {"device_epoch_s": round(newest_s), "ahead_s": round(ahead_s)}
    events.append(DeviceEvent(EventKind.CLOCK_IMPLAUSIBLE, received_at, detail))
    return Instants(received_at, -ahead_s)


def _is_plausible(epoch_s: float, received_at: datetime) -> bool:
    return -BEHIND_MAX_S <= epoch_s - received_at.timestamp() <= AHEAD_MAX_S
