"""What the demo keeps in its folder, beside the database: who lives there, the city, the truth."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from app.demo.staff import Team

# Raised whenever a city made before could no longer be taken up.
VERSION = 3


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Written when the city is complete: without it there is none."""

    version: int
    seed: int
    made_at: datetime
    commune_id: UUID
    timezone: str
    users: Mapping[str, UUID]
    crews: Sequence[UUID]

    @property
    def team(self) -> Team:
        """Who works in the city."""
        return Team(
            commune_id=self.commune_id,
            timezone=self.timezone,
            operator_id=self.users["operator@demo.city"],
            dispatcher_id=self.users["dispatcher@demo.city"],
            fitter_id=self.users["crew@demo.city"],
            crews=self.crews,
        )


class DemoFolder:
    """The files of the demo."""

    def __init__(self, folder: Path) -> None:
        self._record = folder / "demo.json"
        self.city = folder / "city.json"
        self.truth = folder / "truth.json"

    def record(self) -> Record | None:
        """The record of the city that is here, None when there is none that can be taken up."""
        try:
            found = msgspec.json.decode(self._record.read_bytes(), type=Record)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return found if found.version == VERSION and self.city.exists() else None

    def keep_record(self, record: Record) -> None:
        """The city is complete."""
        fresh = self._record.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(record))
        fresh.replace(self._record)

    def forget(self) -> None:
        """There is no city any more; the record goes first."""
        for file in (self._record, self.city, self.truth):
            file.unlink(missing_ok=True)
