"""What the worker expects of a line, whatever the network behind it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from kit.db import Database
from kit.settings import Settings
from lighting.control.model import Order
from lighting.ingest.intake import Batch
from lighting.networks.model import FieldNetworkView


class Line(Protocol):
    """A line to one field network: frames come by it, orders leave by it."""

    def batches(self, max_count: int, max_wait: timedelta) -> AsyncIterator[Batch]:
        """Frames as they come; each batch is acknowledged once it is stored."""

    async def send(self, order: Order) -> None:
        """Return once the network has taken the order; OSError, TimeoutError or ValueError when
        it has not."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a line may need beside the settings of its network."""

    settings: Settings
    now: Callable[[], datetime]
    database: Database
    is_known: Callable[[str], bool]
    """Whether an address is that of an installed controller."""

    def secret(self, name: str | None) -> str | None:
        """The secret a network's settings name."""
        if name is None:
            return None
        found = self.settings.network_secrets.get(name)
        if found is None:
            raise MissingSecretError(
                f"the secret '{name}' is not known; set REVERBERE_NETWORK_SECRETS__{name.upper()}"
            )
        return found.get_secret_value()


Opener: TypeAlias = Callable[[FieldNetworkView, Surroundings], AbstractAsyncContextManager[Line]]


class MissingSecretError(ValueError):
    """A network names a secret this process was not given."""


class UnknownNetworkError(ValueError):
    """A controller names a network nobody speaks, or whose line is not open."""
