"""The network servers that stand between the air and the broker, each with its own messages."""

from collections.abc import Mapping

from simulator.servers.chirpstack import ChirpStack
from simulator.servers.model import LoraServer
from simulator.servers.the_things_stack import TheThingsStack

SERVERS: Mapping[str, LoraServer] = {one.kind: one for one in (ChirpStack(), TheThingsStack())}
"""The server of each kind of network, by the first word of the network's name."""
