"""Values a Milesight UC300 stored while it had no network, and sends when it has one again.

A record holds the time, a mask of channels, and for each channel of the mask its value. Source:
Milesight-IoT/SensorDecoders (MIT), uc300-decoder.js, records 20dc and 20dd.
"""

from struct import Struct, error
from typing import Any

from drivers.contract import EventKind, Measurement, Quantity
from drivers.errors import TruncatedFrameError
from drivers.layouts.said import Said
from drivers.quantities import is_possible

_INPUTS_HEAD, _REGISTERS_HEAD = Struct("<IH"), Struct("<II")
_INPUT, _OUTPUT, _TEMPERATURE, _STATISTICS = (Struct(f"<{code}") for code in ("BI", "B", "e", "4e"))
_REGISTER = Struct("<B4s")
_TEXT = Struct("48s")

# By bit of the mask: how the value stands, and what it is; of statistics the value comes first.
_CHANNELS: tuple[tuple[Struct, Quantity | None, str], ...] = (
    *((_INPUT, Quantity.INPUT_ON, f"DI{number}") for number in range(1, 5)),
    *((_OUTPUT, Quantity.OUTPUT_ON, f"DO{number}") for number in (1, 2)),
    *((_TEMPERATURE, Quantity.TEMPERATURE_C, f"PT{number}") for number in (1, 2)),
    *((_STATISTICS, Quantity.ANALOG_CURRENT_MA, f"AI{number}") for number in (1, 2)),
    *((_STATISTICS, Quantity.ANALOG_VOLTAGE_V, f"AV{number}") for number in (1, 2)),
    (_TEXT, None, ""),
)


def read_stored_inputs(payload: bytes, begin: int, said: Said) -> int:
    """Inputs, outputs and analogue values, at their own time."""
    (epoch_s, mask), place = _take(_INPUTS_HEAD, payload, begin)
    said.measured_at(epoch_s)
    for bit, (form, quantity, channel) in enumerate(_CHANNELS):
        if not mask >> bit & 1:
            continue
        values, place = _take(form, payload, place)
        if quantity is not None:
            _measure(said, *_meaning(quantity, values), channel)
    return place


def read_stored_registers(payload: bytes, begin: int, said: Said) -> int:
    """Modbus channels, at their own time; what they mean is known where the device was set up."""
    (epoch_s, mask), place = _take(_REGISTERS_HEAD, payload, begin)
    said.measured_at(epoch_s)
    for bit in range(32):
        if mask >> bit & 1:
            (value_type, value), place = _take(_REGISTER, payload, place)
            detail = {"modbus_channel": bit + 1, "value_type": value_type, "value": value.hex()}
            said.pending.append((EventKind.REGISTER_VALUE, detail))
    return place


def _meaning(quantity: Quantity, values: tuple[Any, ...]) -> tuple[Quantity, float | int]:
    """An input says first whether it counts pulses; other contacts are 0 or 1."""
    if quantity is Quantity.INPUT_ON:
        counts, value = values
        return (Quantity.PULSE_COUNT, value) if counts else (quantity, value & 1)
    if quantity is Quantity.OUTPUT_ON:
        return quantity, values[0] & 1
    return quantity, values[0]


def _measure(said: Said, quantity: Quantity, value: float | int, channel: str) -> None:
    measured = Measurement(quantity, value, said.at, channel)
    if is_possible(measured):
        said.readings.append(measured)
    else:
        detail = {"field": f"{quantity}/{channel}", "raw": str(value)}
        said.pending.append((EventKind.RECORD_UNUSABLE, detail))


def _take(form: Struct, payload: bytes, place: int) -> tuple[tuple[Any, ...], int]:
    """The values at that place, and where they end."""
    try:
        return form.unpack_from(payload, place), place + form.size
    except error as cause:
        raise TruncatedFrameError("a stored value", form.size, place, len(payload)) from cause
