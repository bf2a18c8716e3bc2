"""The shape of an event."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact that others may react to. Named by a past participle; carries identifiers, instants
    (aware) and plain values only, so that it can be stored as JSON."""
