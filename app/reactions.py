"""Who reacts to what: the one table. Each reaction runs in its own transaction, at least once."""

from collections.abc import Mapping, Sequence

from gmao.workorders.reactions import (
    note_alarm_cleared,
    note_alarm_escalated,
    propose_from_alarm,
)
from kit.outbox import Event, Reaction
from lighting.faults.model import AlarmCleared, AlarmEscalated, AlarmRaised

REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    AlarmRaised: [propose_from_alarm],
    AlarmEscalated: [note_alarm_escalated],
    AlarmCleared: [note_alarm_cleared],
}
