"""The shape of an event and of what reacts to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact that others may react to. Named by a past participle; carries identifiers, instants
    (aware) and plain values only, so that it can be stored as JSON."""


# Receives its own transaction, the event, and the instant it happened; may be called twice.
Reaction: TypeAlias = Callable[[AsyncSession, Any, datetime], Awaitable[None]]
