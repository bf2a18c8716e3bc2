"""Composition root: settings, wiring, reactions, API assembly, command line, own services."""
