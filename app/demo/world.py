"""What the database says of the demo city, gathered once for living through some time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.demo.hearing import Ears
from app.demo.programme import Programme
from app.demo.records import Record
from kit.db import Database
from lighting.control import reconciliation
from lighting.control import service as control
from lighting.control.model import ControlledLight, LevelAcknowledgement
from lighting.control.plan import LightPlan
from lighting.ingest.directory import Directory
from lighting.registry.directory.model import ControllerRef
from simulator.city import City
from simulator.model import TruthKind


@dataclass(frozen=True, slots=True)
class World:
    """The estate in the order of the city's lamps, its plan, and the plan's levels in a stretch
    of time."""

    database: Database
    record: Record
    lamps: Sequence[ControllerRef]
    directory: Directory
    plan: LightPlan
    programme: Programme

    @classmethod
    async def of(
        cls, database: Database, record: Record, since: datetime, until: datetime
    ) -> "World":
        """The world as the database has it, for a stretch of time."""
        directory = Directory()
        async with database.session() as session:
            await directory.refresh(session)
            plan = await control.load_plan(session)
        lamps = [directory.by_key[key] for key in sorted(directory.by_key)]
        ids = [lamp.light_point_id for lamp in lamps]
        programme = Programme(plan, ids, since, until)
        return cls(database, record, lamps, directory, plan, programme)

    @property
    def light_point_ids(self) -> list[UUID]:
        """The light points of the lamps."""
        return [lamp.light_point_id for lamp in self.lamps]

    def ears(self, city: City) -> Ears:
        """Who hears the lamps of the city."""
        return Ears.of(
            [lamp.controller_key for lamp in self.lamps],
            [lamp.gateway_id for lamp in city.lamps],
            self.record.seed,
        )

    async def arrive(self, city: City, now: datetime) -> None:
        """Bring levels in the database to the present: confirmed as the controllers took them,
        desired as the calendars want, orders for what differs."""
        is_silent = city.is_faulty(TruthKind.COMMUNICATION_LOSS)
        lights = {
            lamp.controller_key: ControlledLight(lamp.light_point_id, lamp.organisation_id)
            for lamp in self.lamps
        }
        async with self.database.session() as session:
            for back in (1, 0):
                steps = self.programme.steps_before(now, back)
                echoes = [
                    LevelAcknowledgement(lamp.controller_key, *step)
                    for lamp, step, silent in zip(self.lamps, steps, is_silent, strict=True)
                    if step is not None and not silent
                ]
                await reconciliation.note_acknowledgements(session, lights, echoes)
            await reconciliation.tick(session, self.plan, now)
