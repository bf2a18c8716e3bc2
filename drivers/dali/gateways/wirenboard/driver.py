"""Control gear behind a WB-DALI."""

from drivers.dali.driver import ControlGear
from drivers.dali.gateways.wirenboard.unit import WirenBoardUnit


class WirenBoardGear(ControlGear):
    """Its frames are those of any gear; its gateway stands on a Modbus bus."""

    def unit(self) -> WirenBoardUnit:
        """The gateway on its bus."""
        return WirenBoardUnit()
