"""The envelopes of field networks, one file each: from a frame to what it is about."""

from collections.abc import Mapping

from lighting.ingest.model import Network
from lighting.ingest.networks.cellular_mqtt import CellularMqtt
from lighting.ingest.networks.chirpstack import ChirpStack
from lighting.ingest.networks.lunatone import Lunatone
from lighting.ingest.networks.lwm2m import Lwm2m
from lighting.ingest.networks.modbus import Modbus
from lighting.ingest.networks.oslp import Oslp
from lighting.ingest.networks.the_things_stack import TheThingsStack

_KINDS: tuple[Network, ...] = (
    ChirpStack(),
    TheThingsStack(),
    Modbus(),
    Lunatone(),
    Lwm2m(),
    Oslp(),
    CellularMqtt(),
)

READERS: Mapping[str, Network] = {reader.kind: reader for reader in _KINDS}
"""The reader of each kind of network, by the first word of the network's name."""

__all__ = [
    "READERS",
    "CellularMqtt",
    "ChirpStack",
    "Lunatone",
    "Lwm2m",
    "Modbus",
    "Oslp",
    "TheThingsStack",
]
