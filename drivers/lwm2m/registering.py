"""What a device says of itself when it registers: name, lifetime, how it sleeps, its objects.

Source: OMA LightweightM2M TS Core 1.1, 6.2 (query of /rd, link format of RFC 6690); TS 1.0 writes
queue mode into the binding (`b=UQ`), 1.1 beside it (`b=U&Q`).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from drivers.contract import Decoded, DeviceEvent, EventKind
from drivers.errors import InvalidValueError
from drivers.lwm2m.packet import Kind, Packet
from drivers.lwm2m.paths import Path, parse_path

LIFETIME_S_DEFAULT = 86_400  # TS Core 1.1, 6.2.1.1
LIFETIME_S_MAX = 400 * 86_400
ENDPOINT_CHARACTERS_MAX = 128
LINKS_MAX = 500

_LINK = re.compile(r"<([^>]{0,200})>((?:;[^,;\"]*(?:\"[^\"]*\")?)*)")
_FORMATS = re.compile(r';ct="?([0-9 ]+)"?')


class Request(NamedTuple):
    """The query and the object links of a registration or update; what was not said is None."""

    endpoint: str | None
    lifetime_s: int | None
    version: str | None
    binding: str | None
    is_queued: bool
    objects: tuple[Path, ...] | None
    formats: tuple[int, ...]


def parse_request(query: Sequence[str], links: str) -> Request:
    """A registration as it came; raises `DecodeError`."""
    told = _query(query)
    lifetime = told.get("lt")
    endpoint = told.get("ep")
    if endpoint is not None and not 0 < len(endpoint) <= ENDPOINT_CHARACTERS_MAX:
        raise InvalidValueError(f"an endpoint name of {len(endpoint)} characters")
    binding = told.get("b")
    objects, formats = parse_links(links)
    return Request(
        endpoint=endpoint,
        lifetime_s=None if lifetime is None else _lifetime(lifetime),
        version=told.get("lwm2m"),
        binding=binding,
        is_queued="Q" in told or (binding is not None and "Q" in binding),
        objects=objects if links.strip() else None,
        formats=formats,
    )


def _query(query: Sequence[str]) -> dict[str, str]:
    told = {}
    for one in query:
        name, _, value = one.partition("=")
        told[name] = value
    return told


def _lifetime(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) <= LIFETIME_S_MAX:
        raise InvalidValueError(f"a lifetime of {text[:20]!r} s")
    return int(text)


def parse_links(text: str) -> tuple[tuple[Path, ...], tuple[int, ...]]:
    """Object instances, and the content formats its root (`rt=oma.lwm2m`) says it speaks."""
    links = _LINK.findall(text)
    if len(links) > LINKS_MAX:
        raise InvalidValueError(f"{len(links)} object links; {LINKS_MAX} at most")
    root = ""
    formats: tuple[int, ...] = ()
    for target, attributes in links:
        if "oma.lwm2m" in attributes:
            root = target.rstrip("/")
            said = _FORMATS.search(attributes)
            formats = tuple(int(one) for one in said[1].split() if len(one) < 6) if said else ()
    objects = []
    for target, attributes in links:
        place = target.removeprefix(root) if root else target
        if "oma.lwm2m" not in attributes and place.strip("/"):
            objects.append(parse_path(place))
    return tuple(objects), formats


def body_of(query: Sequence[str], links: str) -> bytes:
    """A registration as the body of a frame: its query, a line end, its links."""
    return ("&".join(query) + "\n" + links).encode("utf-8", "replace")


def decode(packet: Packet, at: datetime) -> Decoded:
    """The event a registration is; an update says only that the device lives."""
    if packet.kind is Kind.UPDATED:
        return Decoded([], [], [])
    if packet.kind is Kind.DEREGISTERED:
        return Decoded([], [DeviceEvent(EventKind.NETWORK_DEREGISTERED, at)], [])
    try:
        query, _, links = packet.body.decode("utf-8").partition("\n")
    except UnicodeDecodeError as error:
        raise InvalidValueError(f"registration: {error}") from error
    request = parse_request(query.split("&"), links)
    detail = {
        "lifetime_s": request.lifetime_s or LIFETIME_S_DEFAULT,
        "version": request.version,
        "binding": request.binding,
        "is_queued": request.is_queued,
        "objects": [str(path) for path in request.objects or ()],
    }
    return Decoded([], [DeviceEvent(EventKind.NETWORK_REGISTERED, at, detail)], [])
