"""The named drivers a profile may refer to, where data cannot say how a device speaks."""

from collections.abc import Mapping

from drivers.contract import Listens
from drivers.lorawan.nas.driver import Ul20xx
from drivers.lorawan.parametric import Tcr
from drivers.lwm2m.driver import UcifiLamp
from drivers.oslp.driver import OslpLamp

DRIVERS: Mapping[str, Listens] = {
    "nas_ul20xx": Ul20xx(),
    "oslp_lamp": OslpLamp(),
    "parametric_tcr": Tcr(),
    "ucifi_lamp": UcifiLamp(),
}


def named_driver(name: str) -> Listens:
    """The driver of that name; raises `ValueError` telling which there are."""
    if name not in DRIVERS:
        raise ValueError(f"driver {name!r} does not exist; there are: {', '.join(DRIVERS)}")
    return DRIVERS[name]
