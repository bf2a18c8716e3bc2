"""What the application hands to every request, held on `app.state.kit`."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from kit.access.attempts import FailedSignIns
from kit.access.tokens import Tokens
from kit.clock import Clock
from kit.db import Database
from kit.settings import Settings


@dataclass(frozen=True, slots=True)
class KitState:
    """The shared parts: built once in `app/`, read by dependencies."""

    settings: Settings
    database: Database
    clock: Clock
    tokens: Tokens
    failed_sign_ins: FailedSignIns = field(default_factory=FailedSignIns)


def kit_state(connection: HTTPConnection) -> KitState:
    """The shared parts behind a request."""
    state = connection.app.state.kit
    assert isinstance(state, KitState)
    return state
