"""The devices of the demo city that are no lamps, as they report today: sensors, batteries, and a
spare controller that nobody has put up yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from app.demo import sensors, solar
from app.demo.districts import EVERYWHERE
from app.demo.lamps import GATEWAY_ADDRESS
from drivers.lorawan.nas.uplinks import GearReport, encode_status_uplink, encode_usage_uplink
from drivers.lorawan.simulated_solar import encode_battery
from lighting.registry.directory.model import ControllerRef
from lighting.sensors.model import PERIOD
from simulator.city import City
from simulator.model import Lamp
from simulator.reporters import Report, Reporter, Reporters
from simulator.sharing import SharedCity
from simulator.solar import cloud_of
from simulator.speaker import BrokerLogin

# The controller in the crew's van, switched on: it announces itself until somebody commissions it.
SPARE_ADDRESS = "02de3000ff000001"
SPARE_EVERY = timedelta(minutes=1)
SPARE_VOLTAGE_V, SPARE_TEMPERATURE_C = 231, 14


def columns_and_batteries(
    refs: Sequence[ControllerRef], shared: SharedCity, login: BrokerLogin, seed: int
) -> Reporters:
    """The voice of the column's sensors, of the spare controller, and of the street on sun where
    there is one."""
    reporters = [Reporter(PERIOD, _Column(seed)), Reporter(SPARE_EVERY, spare)]
    on_sun = [ref for ref in refs if ref.battery_capacity_wh is not None]
    if on_sun:
        with shared.alone() as city:
            reporters.append(Reporter(solar.STEP, _Street(on_sun, city.at, seed)))
    return Reporters(f"{EVERYWHERE.network} columns", reporters, shared, login)


class _Column:
    """The sensors of the column."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, city: City, at: datetime) -> list[Report]:
        beside = city.lamps[0]
        return [
            Report(_device(one.address, beside), one.frame(at, self._seed))
            for one in sensors.DEVICES
        ]


def spare(city: City, at: datetime) -> list[Report]:
    """What the spare controller says; once it stands in a light point, the lamp speaks by it."""
    if SPARE_ADDRESS in city.index:
        return []
    device = _device(SPARE_ADDRESS, city.lamps[0])
    usage = encode_usage_uplink(
        active_energy_wh=0, active_power_w=0, supply_voltage_v=SPARE_VOLTAGE_V, burning_time_s=0
    )
    status = encode_status_uplink(at, [GearReport(0, 0)], temperature_c=SPARE_TEMPERATURE_C)
    return [Report(device, usage), Report(device, status)]


def _device(address: str, beside: Lamp) -> Lamp:
    """A device that hangs where a lamp does."""
    gateway = beside.gateway_id or GATEWAY_ADDRESS.format(1)
    return Lamp(address, EVERYWHERE.network, gateway, 0.0, 0.0, beside.lat_deg, beside.lon_deg)


class _Street:
    """The batteries of the street on sun: their last week is lived again, then the present."""

    def __init__(self, refs: Sequence[ControllerRef], now: datetime, seed: int) -> None:
        self._addresses = [ref.address for ref in refs]
        self._seed = seed
        self._batteries = solar.batteries_of([(ref.lat_deg, ref.lon_deg) for ref in refs], seed)
        at = now - solar.REMEMBERED
        while at + solar.STEP <= now:
            at += solar.STEP
            solar.live_on(self._batteries, at, seed)

    def __call__(self, city: City, at: datetime) -> list[Report]:
        places = [city.index.get(address) for address in self._addresses]
        power_w = city.power_w()
        draw_w = np.array([0.0 if place is None else power_w[place] for place in places])
        state = self._batteries
        state.advance(at, solar.STEP, draw_w, cloud_of(at.timetuple().tm_yday, self._seed))
        return [
            Report(
                city.lamps[place],
                encode_battery(
                    float(state.charge_percent[number]),
                    float(state.voltage_v[number]),
                    float(state.current_a[number]),
                    float(state.panel_w[number]),
                    int(state.produced_wh[number]),
                ),
            )
            for number, place in enumerate(places)
            if place is not None
        ]
