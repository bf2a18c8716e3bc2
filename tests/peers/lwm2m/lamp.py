"""A lamp controller on aiocoap: registers, answers, notifies, sends what it kept."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import aiocoap
import cbor2
from aiocoap import resource
from aiocoap.numbers.codes import Code
from aiocoap.oscore_sitewrapper import OscoreSiteWrapper
from aiocoap.transports.oscore import OSCOREAddress

SENML_CBOR, TLV, LINKS, OPAQUE = 112, 11542, 40, 42
OBJECTS = "</1/0>,</3/0>,</3416/0>;ver=2.0,</3418/0>;ver=2.0,</5/0>"


class Instance(resource.ObservableResource):
    """One object instance: a dictionary of resources, read whole as SenML-CBOR."""

    def __init__(self, place: str, values: dict[int, Any], padding: str = "") -> None:
        super().__init__()
        self.place = place
        self.values = values
        self.padding = padding
        self.writes: list[dict[int, int]] = []
        self.attributes: list[str] = []
        self.refuses = False
        self.is_mute = False

    async def render_get(self, request: Any) -> Any:
        if self.is_mute:
            await asyncio.Event().wait()
        pack: list[dict[int, Any]] = [
            {0: str(number), _label(value): value} for number, value in self.values.items()
        ]
        if self.padding:
            pack.append({0: "59", 3: self.padding})
        pack[0] = {-2: f"{self.place}/", **pack[0]}
        return aiocoap.Message(payload=cbor2.dumps(pack), content_format=SENML_CBOR)

    async def render_put(self, request: Any) -> Any:
        self.attributes.extend(request.opt.uri_query)
        return aiocoap.Message(code=Code.CHANGED)

    async def render_post(self, request: Any) -> Any:
        if self.is_mute:
            await asyncio.Event().wait()
        if self.refuses:
            return aiocoap.Message(code=Code.METHOD_NOT_ALLOWED, payload=b"not now")
        written = _written(int(request.opt.content_format), request.payload)
        self.writes.append(written)
        self.values.update(written)
        if 1 in written:
            self.values[3] = written[1]
        return aiocoap.Message(code=Code.CHANGED)


def _label(value: object) -> int:
    return 4 if isinstance(value, bool) else 3 if isinstance(value, str) else 2


def _written(form: int, body: bytes) -> dict[int, int]:
    """Integers of a write, in TLV or SenML-CBOR."""
    if form == SENML_CBOR:
        return {int(one[0].rpartition("/")[2]): one[2] for one in cbor2.loads(body)}
    assert form == TLV
    written, at = {}, 0
    while at < len(body):
        assert body[at] & 0xF8 == 0xC0  # a resource, 8-bit identifier, short length
        length = body[at] & 7
        written[body[at + 1]] = int.from_bytes(body[at + 2 : at + 2 + length], "big", signed=True)
        at += 2 + length
    return written


class Firmware(Instance):
    """Object 5: takes a package in blocks, and updates when told; `result` is what comes of it."""

    def __init__(self, result: int = 1) -> None:
        super().__init__("/5/0", {3: 0, 5: 0})
        self.package = b""
        self.uri = ""
        self.result = result


class _Package(resource.Resource):
    def __init__(self, firmware: Firmware) -> None:
        super().__init__()
        self.firmware = firmware

    async def render_put(self, request: Any) -> Any:
        self.firmware.package = request.payload
        has_one = request.payload not in (b"", b"\0")
        self.firmware.values.update({3: 2 if has_one else 0, 5: 0})
        return aiocoap.Message(code=Code.CHANGED)


class _PackageUri(resource.Resource):
    def __init__(self, firmware: Firmware) -> None:
        super().__init__()
        self.firmware = firmware

    async def render_put(self, request: Any) -> Any:
        self.firmware.uri = request.payload.decode()
        self.firmware.values.update({3: 2 if self.firmware.uri else 0, 5: 0})
        return aiocoap.Message(code=Code.CHANGED)


class _Update(resource.Resource):
    def __init__(self, firmware: Firmware) -> None:
        super().__init__()
        self.firmware = firmware

    async def render_post(self, request: Any) -> Any:
        if self.firmware.values[3] != 2:
            return aiocoap.Message(code=Code.METHOD_NOT_ALLOWED)
        self.firmware.values.update({3: 0, 5: self.firmware.result})
        return aiocoap.Message(code=Code.CHANGED)


class LampPeer:
    """One device. Use as an async context manager; it registers when told to."""

    def __init__(
        self,
        endpoint: str,
        server_port: int,
        *,
        query: Sequence[str] = ("lt=300", "lwm2m=1.1", "b=U"),
        links: str = '</>;rt="oma.lwm2m";ct="112 11542",' + OBJECTS,
        protection: Any = None,
        firmware_result: int = 1,
    ) -> None:
        self.endpoint = endpoint
        self.server_port = server_port
        self.query = query
        self.links = links
        self.protection = protection
        self.location: tuple[str, ...] = ()
        self.device = Instance("/3/0", {0: "Acme", 11: 0})
        self.lamp = Instance("/3416/0", {1: 0, 3: 0, 5: False})
        self.meter = Instance("/3418/0", {1: 230.5, 4: 61.25, 6: 123456.0})
        self.firmware = Firmware(firmware_result)

    async def __aenter__(self) -> "LampPeer":
        site = resource.Site()
        for instance in (self.device, self.lamp, self.meter, self.firmware):
            site.add_resource(instance.place.strip("/").split("/"), instance)
        site.add_resource(["5", "0", "0"], _Package(self.firmware))
        site.add_resource(["5", "0", "1"], _PackageUri(self.firmware))
        site.add_resource(["5", "0", "2"], _Update(self.firmware))
        served: Any = site
        if self.protection is not None:
            served = OscoreSiteWrapper(site, {})
            served.server_credentials = _Only(self.protection)
        self.context = await aiocoap.Context.create_server_context(
            served, bind=("127.0.0.1", 0), transports=["oscore", "udp6"]
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        transport = self._udp.token_interface.message_interface.transport
        asyncio.get_running_loop().remove_reader(transport.get_extra_info("socket"))
        await asyncio.sleep(0)  # a request that has just come begins, or aiocoap loses it
        await self.context.shutdown()

    @property
    def _udp(self) -> Any:
        return self.context.request_interfaces[1]

    async def ask(self, code: Code, path: Sequence[str], **said: Any) -> Any:
        """One request to the server, and its answer."""
        message = aiocoap.Message(
            code=code, uri=f"coap://127.0.0.1:{self.server_port}/{'/'.join(path)}"
        )
        message.payload = said.get("payload", b"")
        message.opt.content_format = said.get("form")
        message.opt.uri_query = tuple(said.get("query", ()))
        if self.protection is not None:
            assert await self._udp.fill_or_recognize_remote(message)
            message.remote = OSCOREAddress(self.protection, message.remote)
        return await self.context.request(message).response

    async def register(self) -> Any:
        answer = await self.ask(
            Code.POST,
            ["rd"],
            payload=self.links.encode(),
            form=LINKS,
            query=(f"ep={self.endpoint}", *self.query),
        )
        self.location = answer.opt.location_path
        return answer

    async def update(self, *query: str) -> Any:
        return await self.ask(Code.POST, self.location, query=query)

    async def deregister(self) -> Any:
        return await self.ask(Code.DELETE, self.location)

    async def send(self, *records: tuple[str, float, int]) -> Any:
        """The Send operation: (path, value, seconds since 1970) each."""
        pack = [{0: path, 2: value, 6: epoch_s} for path, value, epoch_s in records]
        return await self.ask(Code.POST, ["dp"], payload=cbor2.dumps(pack), form=SENML_CBOR)

    def notify(self, instance: Instance, **values: Any) -> None:
        """Change resources (`r3=…`) and tell whoever observes."""
        instance.values.update({int(name[1:]): value for name, value in values.items()})
        instance.updated_state()

    def forget_observers(self, instance: Instance) -> None:
        """End an observation, as a device that is short of memory does."""
        instance.updated_state(aiocoap.Message(code=Code.SERVICE_UNAVAILABLE))

    @property
    def is_observed(self) -> bool:
        return bool(self.lamp._observations) and bool(self.meter._observations)


class _Only(dict[str, Any]):
    """Credentials of a device that knows one server."""

    def __init__(self, protection: Any) -> None:
        super().__init__({":server": protection})

    def find_oscore(self, unprotected: Any) -> Any:
        found = self[":server"].get_oscore_context_for(unprotected)
        if found is None:
            raise KeyError
        return found


def now_s() -> int:
    return int(time.time())
