"""Who reacts to what: the one table. Each reaction runs in its own transaction, at least once."""

from collections.abc import Mapping, Sequence

from app.installations import SplitEnergy, TakeInWaiting
from app.jobs import Workshop
from gmao.workorders.reactions import (
    note_alarm_cleared,
    note_alarm_escalated,
    propose_from_alarm,
)
from kit.outbox import Event, Reaction
from lighting.control import handover
from lighting.faults.model import AlarmCleared, AlarmEscalated, AlarmRaised
from lighting.ingest.service import Ingest
from lighting.registry.model import EquipmentInstalled, EquipmentRemoved

REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    AlarmRaised: [propose_from_alarm],
    AlarmEscalated: [note_alarm_escalated],
    AlarmCleared: [note_alarm_cleared],
    EquipmentInstalled: [handover.note_installed],
    EquipmentRemoved: [handover.note_removed],
}


def reactions_of(
    shop: Workshop, ingests: Mapping[str, Ingest]
) -> Mapping[type[Event], Sequence[Reaction]]:
    """The table, with the reactions that need what a worker has."""
    split = SplitEnergy(shop)
    own: Mapping[type[Event], Sequence[Reaction]] = {
        EquipmentInstalled: [split, TakeInWaiting(shop, ingests)],
        EquipmentRemoved: [split],
    }
    return {kind: [*them, *own.get(kind, ())] for kind, them in REACTIONS.items()}
