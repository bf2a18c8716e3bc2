"""The devices that are registered with us, and where each can be reached."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Protocol

import msgspec
from msgspec import Struct

from drivers.lwm2m.content import Format
from drivers.lwm2m.paths import Path
from drivers.lwm2m.registering import LIFETIME_S_DEFAULT, Request

# A registration is forgotten this long after its lifetime: an update may still be on its way
# (RFC 7252, EXCHANGE_LIFETIME).
GRACE = timedelta(seconds=247)
# How long a device in queue mode listens after it spoke (TS Core 1.1, 6.5; RFC 7252,
# MAX_TRANSMIT_WAIT).
AWAKE = timedelta(seconds=93)


class Registration(Struct, frozen=True):
    """One device as it registered; `location` names the registration in `/rd/…`."""

    endpoint: str
    location: str
    host: str
    port: int
    lifetime_s: int
    version: str
    is_queued: bool
    objects: tuple[Path, ...]
    formats: tuple[int, ...]
    registered_at: datetime
    heard_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten, unless the device is heard again."""
        return self.heard_at + timedelta(seconds=self.lifetime_s) + GRACE

    def is_awake(self, now: datetime) -> bool:
        """Whether the device listens now."""
        return not self.is_queued or now - self.heard_at < AWAKE

    @property
    def write_format(self) -> Format:
        """The content format in which to write to it: TLV unless it names others."""
        told = [Format.TLV, Format.SENML_CBOR, Format.SENML_JSON]
        return next((form for form in told if form in self.formats), Format.TLV)

    def has(self, object_id: int) -> bool:
        """Whether it has an instance of the object."""
        return any(path.object_id == object_id for path in self.objects)


class RegistrationStore(Protocol):
    """Keeps registrations over a restart of ours. Each call is durable when it returns."""

    async def all(self) -> Sequence[Registration]:
        """Every registration kept."""

    async def put(self, registration: Registration) -> None:
        """Keep a registration; it replaces the one of the same endpoint."""

    async def remove(self, endpoint: str) -> None:
        """Forget the registration of an endpoint."""

    async def take_epoch(self) -> int:
        """A number never given before, from 0 on: what protects our messages (RFC 8613) must never
        be used twice, also after a restart."""


class MemoryStore:
    """A store that lives as long as the process: for tests, and networks without protection."""

    def __init__(self) -> None:
        self._kept: dict[str, Registration] = {}
        self._epoch = 0

    async def all(self) -> Sequence[Registration]:
        return tuple(self._kept.values())

    async def put(self, registration: Registration) -> None:
        self._kept[registration.endpoint] = registration

    async def remove(self, endpoint: str) -> None:
        self._kept.pop(endpoint, None)

    async def take_epoch(self) -> int:
        self._epoch += 1
        return self._epoch - 1


def to_json(registration: Registration) -> bytes:
    """A registration as one JSON text: what a store keeps."""
    return msgspec.json.encode(registration)


def from_json(text: bytes | str) -> Registration:
    """The registration of a JSON text that `to_json` wrote; raises `ValueError`."""
    return msgspec.json.decode(text, type=Registration)


def new_registration(
    endpoint: str, request: Request, host: str, port: int, at: datetime
) -> Registration:
    """The registration a request asks for."""
    return Registration(
        endpoint=endpoint,
        location=token_hex(8),
        host=host,
        port=port,
        lifetime_s=request.lifetime_s or LIFETIME_S_DEFAULT,
        version=request.version or "1.0",
        is_queued=request.is_queued,
        objects=request.objects or (),
        formats=request.formats,
        registered_at=at,
        heard_at=at,
    )


class Registered:
    """Who is registered, in memory, by endpoint, by location and by address."""

    def __init__(self) -> None:
        self._by_endpoint: dict[str, Registration] = {}
        self._by_location: dict[str, str] = {}
        self._by_address: dict[tuple[str, int], str] = {}

    def __len__(self) -> int:
        return len(self._by_endpoint)

    def put(self, registration: Registration) -> None:
        """Add a registration, or replace that of its endpoint."""
        self.drop(registration.endpoint)
        self._by_endpoint[registration.endpoint] = registration
        self._by_location[registration.location] = registration.endpoint
        self._by_address[registration.host, registration.port] = registration.endpoint

    def drop(self, endpoint: str) -> Registration | None:
        """Forget the registration of an endpoint."""
        known = self._by_endpoint.pop(endpoint, None)
        if known is not None:
            self._by_location.pop(known.location, None)
            if self._by_address.get((known.host, known.port)) == endpoint:
                del self._by_address[known.host, known.port]
        return known

    def of(self, endpoint: str) -> Registration | None:
        return self._by_endpoint.get(endpoint)

    def at_location(self, location: str) -> Registration | None:
        return self._by_endpoint.get(self._by_location.get(location, ""))

    def at_address(self, host: str, port: int) -> Registration | None:
        return self._by_endpoint.get(self._by_address.get((host, port), ""))

    def expired(self, now: datetime) -> list[Registration]:
        """Those not heard within their lifetime."""
        return [one for one in self._by_endpoint.values() if one.expires_at <= now]
