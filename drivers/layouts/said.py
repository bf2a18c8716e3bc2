"""What a frame has said so far, while its records are being read."""

from collections.abc import Mapping
from datetime import datetime

from drivers.contract import (
    Acknowledgement,
    Decoded,
    DeviceEvent,
    EventKind,
    Measurement,
    Quantity,
)
from drivers.instants import instants_of


class Said:
    """Collects for `Decoded`; `at`, `detail` and `pending` are of the record being read."""

    __slots__ = (
        "acknowledgements",
        "at",
        "detail",
        "events",
        "flags",
        "pending",
        "readings",
        "received_at",
    )

    def __init__(self, received_at: datetime) -> None:
        self.received_at = received_at
        self.at = received_at
        self.readings: list[Measurement] = []
        self.events: list[DeviceEvent] = []
        self.acknowledgements: list[Acknowledgement] = []
        self.flags: tuple[int, datetime] | None = None
        self.detail: dict[str, object] = {}
        self.pending: list[tuple[EventKind, Mapping[str, object]]] = []

    def measured_at(self, epoch_s: int) -> None:
        """What follows in the record was measured then, if the device's clock can be believed."""
        self.at = instants_of([epoch_s], self.received_at, self.events).of(epoch_s)

    def decoded(self) -> Decoded:
        """All of it, the flags as one reading."""
        if self.flags is not None:
            self.readings.append(Measurement(Quantity.STATUS_FLAGS, *self.flags))
        return Decoded(self.readings, self.events, self.acknowledgements)
