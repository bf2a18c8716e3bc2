"""The command line: `reverbere serve`, `work`, `run`, `demo` and small tools."""

from app.cli.main import main

__all__ = ["main"]
