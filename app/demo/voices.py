"""The devices of the demo's networks that do not speak through the broker, one voice a network."""

from collections.abc import Callable, Mapping, Sequence

from lighting.networks.model import FieldNetworkView, NetworkKind
from simulator.lwm2m.district import CellularDistrict
from simulator.modbus.dali_gateway import DaliGateway
from simulator.sharing import SharedCity
from simulator.wired import Voice

MakeVoice = Callable[[FieldNetworkView, SharedCity, int], Voice]


def _dali(network: FieldNetworkView, shared: SharedCity, _: int) -> Voice:
    at = network.settings
    return DaliGateway(network.name, at["host"], at["port"], shared)


def _cellular(network: FieldNetworkView, shared: SharedCity, seed: int) -> Voice:
    at = network.settings
    return CellularDistrict(network.name, f"coap://{at['host']}:{at['port']}", shared, seed)


VOICES: Mapping[NetworkKind, MakeVoice] = {
    NetworkKind.MODBUS: _dali,
    NetworkKind.LWM2M: _cellular,
}


def voices_of(
    networks: Sequence[FieldNetworkView], shared: SharedCity, seed: int
) -> Sequence[Voice]:
    """A voice for each network that needs one."""
    return [
        VOICES[network.kind](network, shared, seed)
        for network in networks
        if network.kind in VOICES and shared.lamps_of(network.name)
    ]
