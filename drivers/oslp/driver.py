"""OSLP controllers (PSLD on a lamp, SSLD on a group) behind the abilities of every driver."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from drivers.contract import Decoded, PortFrame, ProgramStep
from drivers.errors import EncodeError
from drivers.oslp import meaning, messages
from drivers.oslp.meaning import LEVEL_PERCENT_MAX
from drivers.oslp.values import ABSOLUTE_TIME, SCHEDULE_OF_LIGHT, WEEKDAY_ALL

STEPS_MAX = 50  # entries one setSchedule carries
MINUTES_PER_DAY = 1440


class OslpLamp:
    """All lights of one controller, as one."""

    uplink_ports = meaning.PORTS

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        return meaning.decode_uplink(port, payload, received_at)

    def set_level(self, level_percent: int | None, hold: timedelta | None = None) -> PortFrame:
        """The level lasts until the next step of the device's own schedule."""
        if hold is not None:
            raise EncodeError("OSLP has no level that ends by itself")
        message = messages.Message()
        if level_percent is None:
            message.resume_schedule_request.immediate = True
        else:
            _light(message.set_light_request.values.add(), level_percent)
        return frame_of(message)

    def write_program(self, slot: int, steps: Sequence[ProgramStep]) -> Sequence[PortFrame]:
        """One schedule for every day, in the device's local time; there is one slot, 0."""
        if slot != 0:
            raise EncodeError(f"slot {slot} does not exist; an OSLP device has slot 0")
        if not 0 < len(steps) <= STEPS_MAX:
            raise EncodeError(f"{len(steps)} steps are not 1..{STEPS_MAX}")
        message = messages.Message()
        request = message.set_schedule_request
        for step in steps:
            _entry(request.schedules.add(), step)
        request.schedule_type = SCHEDULE_OF_LIGHT
        return [frame_of(message)]

    def request_meter(self) -> PortFrame:
        message = messages.Message()
        message.get_actual_power_usage_request.SetInParent()
        return frame_of(message)


def _light(value: Any, level_percent: int) -> None:
    """Without an index: all lights."""
    if not 0 <= level_percent <= LEVEL_PERCENT_MAX:
        raise EncodeError(f"level {level_percent} is outside 0..{LEVEL_PERCENT_MAX} %")
    value.on = level_percent > 0
    if level_percent:
        value.dim_value = bytes([level_percent])


def _entry(entry: Any, step: ProgramStep) -> None:
    if not 0 <= step.minute_of_day < MINUTES_PER_DAY:
        raise EncodeError(f"minute {step.minute_of_day} is not of a day")
    hour, minute = divmod(step.minute_of_day, 60)
    entry.weekday = WEEKDAY_ALL
    entry.action_time = ABSOLUTE_TIME
    entry.time = f"{hour:02}{minute:02}00"
    _light(entry.value.add(), step.level_percent)


def frame_of(message: Any) -> PortFrame:
    """A message as the frame of its port."""
    number = messages.NUMBERS[messages.kind_of(message)]
    return PortFrame(number, message.SerializeToString(deterministic=True))


def _request_status() -> PortFrame:
    message = messages.Message()
    message.get_status_request.SetInParent()
    return frame_of(message)


QUESTIONS: Sequence[PortFrame] = (_request_status(), OslpLamp().request_meter())
"""What a device is asked from time to time: its level, its meter."""
