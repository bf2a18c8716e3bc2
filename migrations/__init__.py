"""Alembic migrations: one intention each, numbered, verb in the docstring."""
