"""Structured logs: one line per business fact, event name first, identifiers as fields.

The correlation id of the frame, request or job is bound in a context variable and is carried
from the frame to the work order (outbox events keep it).
"""

import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import structlog

from kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

_correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def get_logger() -> Any:
    """A structured logger; the first argument of each call is the event's name."""
    return structlog.get_logger()


def correlation_id() -> str | None:
    """The correlation id in force, if any."""
    return _correlation_id.get()


@contextmanager
def correlated(identifier: str | None = None) -> "Iterator[str]":
    """Bind a correlation id (a new one without argument) for the enclosed work."""
    value = identifier or str(new_id())
    token = _correlation_id.set(value)
    try:
        yield value
    finally:
        _correlation_id.reset(token)


def _add_correlation_id(_: Any, __: str, event: Any) -> Any:
    value = _correlation_id.get()
    if value is not None:
        event.setdefault("correlation_id", value)
    return event


def configure_logging(*, json_lines: bool, level: str = "INFO") -> None:
    """Set up structlog and route the standard library's loggers through it, to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_correlation_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Never the local variables: they take long to show, and secrets are among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
