"""The envelopes of field networks, one file each: from a frame to what it is about."""

from collections.abc import Mapping

from lighting.ingest.model import Network
from lighting.ingest.networks.chirpstack import ChirpStack

READERS: Mapping[str, Network] = {reader.kind: reader for reader in (ChirpStack(),)}
"""The reader of each kind of network, by the first word of the network's name."""

__all__ = ["READERS", "ChirpStack"]
