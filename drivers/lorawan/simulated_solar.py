"""Codec of the simulator's luminaires on sun and battery: a UL20xx that also tells its battery.

No maker publishes the frames of such a controller; this one is ours, and is used in demonstrations
and tests only. Its lamp speaks and obeys as a UL20xx does.
"""

import struct
from datetime import datetime

from drivers.contract import Decoded, Measurement, PortFrame, Quantity
from drivers.errors import InvalidValueError, TrailingBytesError, TruncatedFrameError
from drivers.lorawan.nas.driver import Ul20xx

BATTERY_PORT = 110
# Charge in half percents, battery in mV, current into it in mA, panel in tenths of a watt, energy
# of the panel in Wh since it was put up; most significant byte first.
_BATTERY = struct.Struct(">BHhHI")
HALF_PERCENTS_MAX = 200


class SolarUl20xx(Ul20xx):
    """A UL20xx with the battery's own frame."""

    def decode_uplink(self, port: int, payload: bytes, received_at: datetime) -> Decoded:
        if port != BATTERY_PORT:
            return super().decode_uplink(port, payload, received_at)
        if len(payload) < _BATTERY.size:
            raise TruncatedFrameError("battery and panel", _BATTERY.size, 0, len(payload))
        if len(payload) > _BATTERY.size:
            raise TrailingBytesError("battery and panel", len(payload) - _BATTERY.size)
        charge, battery_mv, current_ma, panel, energy_wh = _BATTERY.unpack(payload)
        if charge > HALF_PERCENTS_MAX:
            raise InvalidValueError(f"a charge of {charge / 2} % does not exist")
        values: dict[Quantity, float | int] = {
            Quantity.BATTERY_CHARGE_PERCENT: charge / 2,
            Quantity.BATTERY_VOLTAGE_V: battery_mv / 1000,
            Quantity.CHARGE_CURRENT_A: current_ma / 1000,
            Quantity.PANEL_POWER_W: panel / 10,
            Quantity.PANEL_ENERGY_WH: energy_wh,
        }
        readings = [Measurement(name, value, received_at) for name, value in values.items()]
        return Decoded(readings, [], [])


def encode_battery(
    charge_percent: float, battery_v: float, current_a: float, panel_w: float, energy_wh: int
) -> PortFrame:
    """The battery's frame, as the simulator sends it."""
    numbers = (
        round(charge_percent * 2),
        round(battery_v * 1000),
        round(current_a * 1000),
        round(panel_w * 10),
        energy_wh,
    )
    return PortFrame(BATTERY_PORT, _BATTERY.pack(*numbers))
