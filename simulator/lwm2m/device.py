"""One cellular lamp controller: registers with its server, answers it, reports, takes levels.

LwM2M 1.1 over CoAP, objects 3 (device), 3416 (lamp controller), 3418 (electrical monitor), bodies
in SenML-CBOR. Source: OMA LightweightM2M TS Core 1.1; OMA registry, objects 3416 and 3418.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import aiocoap
import cbor2
from aiocoap import error, resource
from aiocoap.numbers.codes import Code

SENML_CBOR, TLV, LINK_FORMAT = 112, 11542, 40
LINKS = '</>;rt="oma.lwm2m";ct="112 11542",</1/0>,</3/0>,</3416/0>;ver=2.0,</3418/0>;ver=2.0'
LIFETIME_S = 600
RETRY_S = 15.0
COMMAND, DIMMING_LEVEL, LAMP_FAILURE, OPERATING_HOURS = 1, 3, 5, 15
SUPPLY_VOLTAGE, ACTIVE_POWER, POWER_FACTOR, ACTIVE_ENERGY = 1, 4, 5, 6
RESOURCE_8BIT_ID = 0xC0
LONG_ID, LENGTH_FORM, SHORT_LENGTH = 0x20, 0x18, 0x07

Values: TypeAlias = Mapping[int, float | int | bool | str]


class ObjectInstance(resource.ObservableResource):  # type: ignore[misc]  # aiocoap has no types
    """An object instance that is read and observed whole."""

    def __init__(self, path: str, read: Callable[[], Values]) -> None:
        super().__init__()
        self._path = path
        self._read = read

    async def render_get(self, request: Any) -> Any:
        body = cbor2.dumps(senml(self._path, self._read()))
        return aiocoap.Message(payload=body, content_format=SENML_CBOR)

    async def render_put(self, request: Any) -> Any:
        """Attributes of its observation (pmin, pmax): taken, and reported often enough."""
        return aiocoap.Message(code=Code.CHANGED)


class LampController(ObjectInstance):
    """Object 3416: its command is what an order writes."""

    def __init__(self, path: str, read: Callable[[], Values], take: Callable[[int], bool]) -> None:
        super().__init__(path, read)
        self._take = take

    async def render_post(self, request: Any) -> Any:
        """A partial update, by the level or with an override's window."""
        try:
            written = read_written(int(request.opt.content_format or 0), request.payload)
        except (ValueError, KeyError, IndexError, cbor2.CBORDecodeError):
            return aiocoap.Message(code=Code.BAD_REQUEST)
        level = written.get(COMMAND)
        if level is not None and not self._take(level):
            return aiocoap.Message(code=Code.SERVICE_UNAVAILABLE)
        self.updated_state()
        return aiocoap.Message(code=Code.CHANGED)


class Device:
    """A controller by its endpoint name; `run` is its life."""

    def __init__(
        self,
        endpoint: str,
        server: str,
        lamp: Callable[[], Values],
        meter: Callable[[], Values],
        take: Callable[[int], bool],
    ) -> None:
        self.endpoint = endpoint
        self._server = server
        self._lamp = LampController("/3416/0", lamp, take)
        self._meter = ObjectInstance("/3418/0", meter)
        self._self = ObjectInstance("/3/0", lambda: {0: "Simulated", 11: 0})
        self._location: Sequence[str] = ()

    async def run(self) -> None:
        """Register and stay registered, until cancelled."""
        site = resource.Site()
        for instance in (self._self, self._lamp, self._meter):
            site.add_resource(instance._path.strip("/").split("/"), instance)
        context = await aiocoap.Context.create_server_context(
            site, bind=("127.0.0.1", 0), transports=["udp6"]
        )
        try:
            while True:
                is_registered = await self._tell(context)
                await asyncio.sleep(LIFETIME_S / 2 if is_registered else RETRY_S)
        finally:
            await context.shutdown()

    def report(self) -> None:
        """Tell whoever observes what lamp and meter show now."""
        self._lamp.updated_state()
        self._meter.updated_state()

    async def _tell(self, context: Any) -> bool:
        """Register, or say that it is still there; whether the server has it."""
        try:
            if self._location:
                answer = await self._ask(context, self._location)
                if answer.code.is_successful():
                    return True
            query = (f"ep={self.endpoint}", f"lt={LIFETIME_S}", "lwm2m=1.1", "b=U")
            answer = await self._ask(context, ("rd",), query, LINKS.encode())
        except (error.Error, OSError):
            self._location = ()
            return False
        self._location = answer.opt.location_path if answer.code.is_successful() else ()
        return bool(self._location)

    async def _ask(
        self, context: Any, path: Sequence[str], query: Sequence[str] = (), body: bytes = b""
    ) -> Any:
        request = aiocoap.Message(
            code=Code.POST, uri=f"{self._server}/{'/'.join(path)}", payload=body
        )
        request.opt.uri_query = tuple(query)
        if body:
            request.opt.content_format = LINK_FORMAT
        return await context.request(request).response


def senml(path: str, values: Values) -> list[dict[int, Any]]:
    """An instance as a SenML pack (RFC 8428): base name, then a record for each resource."""
    pack: list[dict[int, Any]] = [
        {0: str(number), _label(value): value} for number, value in values.items()
    ]
    pack[0] = {-2: f"{path}/", **pack[0]}
    return pack


def _label(value: float | int | bool | str) -> int:
    """Boolean, string or number (RFC 8428, table 4)."""
    return 4 if isinstance(value, bool) else 3 if isinstance(value, str) else 2


def read_written(form: int, body: bytes) -> dict[int, int]:
    """Integers that a write holds, by resource, in SenML-CBOR or TLV."""
    if form == SENML_CBOR:
        return _from_senml(cbor2.loads(body))
    if form == TLV:
        return _from_tlv(body)
    raise ValueError(f"content format {form} is not one this device takes")


def _from_senml(pack: Sequence[Mapping[int, Any]]) -> dict[int, int]:
    base = pack[0].get(-2, "")
    names = [(base + one.get(0, ""), one.get(2)) for one in pack]
    return {int(name.rpartition("/")[2]): int(value) for name, value in names if value is not None}


def _from_tlv(body: bytes) -> dict[int, int]:
    """Resources with an identifier and a length of one byte each: all that a write of ours needs
    (OMA TS Core 1.1, §7.4.3)."""
    written: dict[int, int] = {}
    at = 0
    while at < len(body):
        kind = body[at]
        if kind & RESOURCE_8BIT_ID != RESOURCE_8BIT_ID or kind & (LONG_ID | LENGTH_FORM):
            raise ValueError(f"TLV type {kind:#04x} is not one this device takes")
        length = kind & SHORT_LENGTH
        if at + 2 + length > len(body):
            raise ValueError("the TLV ends too early")
        value = body[at + 2 : at + 2 + length]
        written[body[at + 1]] = int.from_bytes(value, "big", signed=True)
        at += 2 + length
    return written
