"""Events leave in the same transaction as the change that caused them (outbox)."""

from kit.outbox.model import Event
from kit.outbox.relay import Reaction, Relay
from kit.outbox.service import emit

__all__ = ["Event", "Reaction", "Relay", "emit"]
