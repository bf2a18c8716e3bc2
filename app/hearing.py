"""Builds the ingest of each kind of field network: for the worker, and for replays by hand."""

from collections.abc import Mapping

from app.answers import OrderAnswers
from lighting.cabinets.intake import CabinetDevices
from lighting.commissioning.discovery import Discoveries
from lighting.control.expected import expected_levels
from lighting.ingest.directory import Directory
from lighting.ingest.networks import READERS
from lighting.ingest.service import Ingest
from lighting.sensors.directory import SensorDevices


def build_ingests(directory: Directory) -> Mapping[str, Ingest]:
    """Each ingest judges lamps by what control knows, and tells control what it hears."""
    keepers = (SensorDevices(), CabinetDevices())
    return {
        kind: Ingest(
            reader,
            expected=expected_levels,
            acknowledgements=OrderAnswers(directory),
            strangers=Discoveries(),
            keepers=keepers,
            directory=directory,
        )
        for kind, reader in READERS.items()
    }
