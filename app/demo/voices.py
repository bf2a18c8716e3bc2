"""The devices of the demo's networks that do not speak through the broker, one voice a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from app.demo import cabinets
from drivers.oslp.envelope import private_key
from lighting.networks.model import FieldNetworkView, NetworkKind
from simulator.cellular.district import ReportingDistrict
from simulator.dali.gateway import IpGateway
from simulator.lwm2m.district import CellularDistrict
from simulator.modbus.cabinet import CabinetVoice
from simulator.modbus.dali_gateway import DaliGateway
from simulator.oslp.district import OslpDistrict, Platform
from simulator.sharing import SharedCity
from simulator.speaker import BrokerLogin
from simulator.wired import Voice


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What voices speak about and through: the city, the cabinet that has devices of its own, the
    broker."""

    shared: SharedCity
    wired_cabinet: str
    broker: BrokerLogin
    secrets: Mapping[str, SecretStr]
    seed: int


MakeVoice = Callable[[FieldNetworkView, Surroundings], Voice]


def _on_bus(network: FieldNetworkView, around: Surroundings) -> Voice:
    """The gateway of DALI lamps, or of the cabinet whose meter counts what its lamps draw."""
    at = (network.settings["host"], network.settings["port"])
    if network.where == cabinets.GATEWAY:
        fed = around.shared.fed_by(around.wired_cabinet)
        return CabinetVoice(network.name, *at, around.shared, fed)
    return DaliGateway(network.name, *at, around.shared)


def _cellular(network: FieldNetworkView, around: Surroundings) -> Voice:
    server = f"coap://{network.settings['host']}:{network.settings['port']}"
    return CellularDistrict(network.name, server, around.shared, around.seed)


def _reporting(network: FieldNetworkView, around: Surroundings) -> Voice:
    return ReportingDistrict(network.name, around.broker, around.shared, around.seed)


def _on_ip(network: FieldNetworkView, around: Surroundings) -> Voice:
    at = urlsplit(network.settings["url"])
    assert at.hostname is not None
    assert at.port is not None
    return IpGateway(network.name, at.hostname, at.port, around.shared)


def _on_2g(network: FieldNetworkView, around: Surroundings) -> Voice:
    at = network.settings
    key = private_key(around.secrets[at["secret"]].get_secret_value()).public_key()
    platform = Platform(at["host"], at["port"], at["device_port"], key)
    return OslpDistrict(network.name, platform, around.shared, around.seed)


VOICES: Mapping[NetworkKind, MakeVoice] = {
    NetworkKind.MODBUS: _on_bus,
    NetworkKind.LUNATONE: _on_ip,
    NetworkKind.LWM2M: _cellular,
    NetworkKind.OSLP: _on_2g,
    NetworkKind.CELLULAR_MQTT: _reporting,
}


def voices_of(networks: Sequence[FieldNetworkView], around: Surroundings) -> Sequence[Voice]:
    """A voice for each network that needs one."""
    return [VOICES[network.kind](network, around) for network in networks if network.kind in VOICES]
