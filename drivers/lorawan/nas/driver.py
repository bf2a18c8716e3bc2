"""NAS UL20xx luminaire controllers behind the abilities every driver is used through."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from drivers.contract import Decoded, PortFrame, ProgramStep
from drivers.errors import EncodeError
from drivers.lorawan.nas import clock, downlinks, meaning

PROFILE_SLOT_MAX = 7


class Ul20xx:
    """Firmware 1.1.x; uplinks of 1.0.x and 0.6.29 are understood too."""

    uplink_ports = meaning.UPLINK_PORTS

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        return meaning.decode_uplink(port, payload, received_at)

    def device_time(self, port: int, payload: bytes) -> datetime | None:
        return clock.device_time(port, payload)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        if hold is None:
            return downlinks.set_level(level_percent)
        if level_percent is None:
            raise EncodeError("a hold needs a level; back to the program has none")
        return downlinks.set_level_for(level_percent, hold)

    def switch_output(self, is_on: bool, output: str = "") -> PortFrame:
        if output:
            raise EncodeError(f"output {output!r}: the open drain is the only one, without a name")
        return downlinks.switch_open_drain(is_on)

    def write_program(self, slot: int, steps: Sequence[ProgramStep]) -> Sequence[PortFrame]:
        if not 0 <= slot <= PROFILE_SLOT_MAX:
            raise EncodeError(f"slot {slot} is outside 0..{PROFILE_SLOT_MAX}")
        return [downlinks.write_profile(slot, steps)]

    def request_meter(self) -> PortFrame:
        return downlinks.query(usage=True)

    def enter_update_mode(self) -> PortFrame:
        return downlinks.enter_update_mode()
