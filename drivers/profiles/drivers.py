"""The named drivers a profile may refer to."""

from collections.abc import Mapping

from drivers.contract import Listens
from drivers.lorawan.nas.driver import Ul20xx

DRIVERS: Mapping[str, Listens] = {
    "nas_ul20xx": Ul20xx(),
}
