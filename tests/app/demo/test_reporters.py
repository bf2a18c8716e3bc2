"""The spare controller announces itself until somebody puts it up."""

from datetime import UTC, datetime

from app.demo.reporters import SPARE_ADDRESS, spare
from drivers import profiles
from drivers.contract import Quantity
from simulator.city import City
from simulator.model import Lamp

AT = datetime(2026, 11, 20, 17, tzinfo=UTC)
LAMP = Lamp("02de300000000001", "chirpstack:app", "gw", 60.0, 1.0, 43.6, 3.88, "here")


def test_it_says_what_a_controller_on_a_bench_would() -> None:
    said = [
        reading
        for report in spare(City([LAMP], AT), AT)
        for reading in profiles.listener("nas/ul20xx").decode_uplink(*report.frame, AT).readings
    ]
    assert {one.quantity: one.value for one in said}[Quantity.ACTIVE_ENERGY_WH] == 0
    assert {one.device.address for one in spare(City([LAMP], AT), AT)} == {SPARE_ADDRESS}


def test_once_it_stands_in_a_light_point_the_lamp_speaks_by_it() -> None:
    city = City([LAMP], AT)
    city.swap_controller(0, SPARE_ADDRESS)
    assert spare(city, AT) == []
