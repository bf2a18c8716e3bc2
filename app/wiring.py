"""Builds the shared parts of a process from its settings: the one place where choices are made."""

from kit.access.tokens import Tokens
from kit.clock import Clock, ScaledClock, SystemClock
from kit.db import Database
from kit.http.state import KitState
from kit.settings import Settings


class MissingSettingError(Exception):
    """A setting the process cannot start without; the text says how to give it."""


def build_clock(settings: Settings) -> Clock:
    """The machine's clock, or the accelerated one of a demonstration."""
    if settings.clock is None:
        return SystemClock()
    if not settings.demo:
        raise MissingSettingError(
            "REVERBERE_CLOCK__… is for demonstrations; unset it, or set REVERBERE_DEMO=true"
        )
    return ScaledClock(settings.clock.origin, settings.clock.started_at, settings.clock.speed)


def build_database(settings: Settings) -> Database:
    """The pool on the configured PostgreSQL."""
    if settings.database.url is None:
        raise MissingSettingError(
            "REVERBERE_DATABASE__URL is missing; set it to postgresql://user:password@host/name "
            "(or use 'reverbere run', which starts its own PostgreSQL)"
        )
    return Database(settings.database.url.get_secret_value(), pool_size=settings.database.pool_size)


def build_tokens(settings: Settings) -> Tokens:
    """The signer of access tokens; refuses to start without a key."""
    if settings.security.token_key is None:
        raise MissingSettingError(
            "REVERBERE_SECURITY__TOKEN_KEY is missing; make one with: openssl rand -base64 48"
        )
    key = settings.security.token_key.get_secret_value()
    try:
        return Tokens(key, settings.security.token_lifetime)
    except ValueError as error:
        raise MissingSettingError(str(error)) from error


def build_state(settings: Settings) -> KitState:
    """What every request needs."""
    return KitState(
        settings=settings,
        database=build_database(settings),
        clock=build_clock(settings),
        tokens=build_tokens(settings),
    )
