"""Tells a frame that the database refuses from a database that is not there."""

import asyncpg
import sqlalchemy.exc

# Classes of SQLSTATE that the values of a frame can cause: data exception, integrity violation,
# program limit. Every other class is about the server, the connection or the schema.
FRAMES_FAULT_CLASSES = frozenset({"22", "23", "54"})


def sqlstate_of(error: BaseException) -> str | None:
    """The SQLSTATE of a database error, also through SQLAlchemy's wrapper."""
    for one in (error, getattr(error, "orig", None), error.__cause__):
        state = getattr(one, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def is_frames_fault(error: Exception) -> bool:
    """Whether trying the same frames again would fail the same way, and others would not."""
    state = sqlstate_of(error)
    if state is not None:
        return state[:2] in FRAMES_FAULT_CLASSES
    if isinstance(error, OSError | TimeoutError | MemoryError):
        return False
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return isinstance(error, sqlalchemy.exc.DataError)
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return isinstance(error, ValueError)  # asyncpg could not encode a value
    return not isinstance(error, sqlalchemy.exc.SQLAlchemyError)
