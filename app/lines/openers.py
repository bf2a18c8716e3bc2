"""How the line of each kind of network is opened; ChirpStack's is the broker's, open always."""

from collections.abc import Mapping

from app.lines.model import Opener
from lighting.networks.model import NetworkKind

OPENERS: Mapping[NetworkKind, Opener] = {}
