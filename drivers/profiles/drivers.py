"""The named drivers a profile may refer to, where data cannot say how a device speaks."""

from collections.abc import Mapping

from drivers.contract import Listens
from drivers.dali.driver import ControlGear
from drivers.dali.gateways.ecodim import EcodimGear
from drivers.dali.gateways.intesis import IN703DAL, INMBSDAL, IntesisGear
from drivers.dali.gateways.wirenboard.driver import WirenBoardGear
from drivers.lorawan.nas.driver import Ul20xx
from drivers.lorawan.parametric import Tcr
from drivers.lorawan.simulated_solar import SolarUl20xx
from drivers.lwm2m.driver import UcifiLamp
from drivers.oslp.driver import OslpLamp

DRIVERS: Mapping[str, Listens] = {
    "dali_gear": ControlGear(),
    "ecodim_gear": EcodimGear(),
    "intesis_in703dal": IntesisGear(IN703DAL),
    "intesis_inmbsdal": IntesisGear(INMBSDAL),
    "nas_ul20xx": Ul20xx(),
    "oslp_lamp": OslpLamp(),
    "parametric_tcr": Tcr(),
    "simulated_solar": SolarUl20xx(),
    "ucifi_lamp": UcifiLamp(),
    "wirenboard_gear": WirenBoardGear(),
}


def named_driver(name: str) -> Listens:
    """The driver of that name; raises `ValueError` telling which there are."""
    if name not in DRIVERS:
        raise ValueError(f"driver {name!r} does not exist; there are: {', '.join(DRIVERS)}")
    return DRIVERS[name]
