"""Events leave in the same transaction as the change that caused them (outbox)."""

from kit.outbox.model import Event, Reaction
from kit.outbox.relay import Relay
from kit.outbox.service import emit

__all__ = ["Event", "Reaction", "Relay", "emit"]
