"""Builds the ingest of the configured field network: for the worker, and for replays by hand."""

from app.answers import OrderAnswers
from kit.settings import Settings
from lighting.control.expected import expected_levels
from lighting.ingest.directory import Directory
from lighting.ingest.networks import ChirpStack
from lighting.ingest.service import Ingest


def build_ingest(settings: Settings, directory: Directory) -> Ingest:
    """The ingest, judging lamps by what control knows and telling control what it hears."""
    return Ingest(
        ChirpStack(settings.chirpstack.name),
        expected=expected_levels,
        acknowledgements=OrderAnswers(directory),
        directory=directory,
    )
