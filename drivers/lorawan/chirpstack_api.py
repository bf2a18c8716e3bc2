"""Multicast groups of ChirpStack 4, through its REST proxy: MQTT has no topic for them.

The REST proxy rather than gRPC: it needs no compiled stubs and no second stack of connections,
and its paths and JSON (the protobuf mapping) are part of the published API.
Source: chirpstack/chirpstack, api/proto/api/multicast_group.proto; authentication by API key in
the metadata `authorization: Bearer …`.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx
from msgspec import Struct

from drivers.contract import PortFrame
from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError

TIMEOUT_S = 10.0
GROUPS = "/api/multicast-groups"
# gRPC codes the proxy passes on in the body of an error.
ALREADY_EXISTS, NOT_FOUND = 6, 5


class MulticastGroup(Struct, frozen=True, kw_only=True):
    """A class C group as ChirpStack keeps it: address and keys in hexadecimal, frequency in Hz."""

    name: str
    application_id: str
    address: str
    network_session_key: str
    app_session_key: str
    data_rate: int
    frequency_hz: int
    region: str = "EU868"
    counter: int = 0


class QueuedFrame(Struct, frozen=True):
    """A frame that waits in a group's queue, with its frame counter."""

    frame: PortFrame
    counter: int


class ChirpStackRefusedError(RefusedByDeviceError):
    """ChirpStack answered, and said no; `grpc_code` is its reason."""

    def __init__(self, grpc_code: int, message: str) -> None:
        super().__init__(message)
        self.grpc_code = grpc_code


class ChirpStackApi:
    """The multicast half of one server's API. Use it as `async with ChirpStackApi(…) as api`."""

    def __init__(self, url: str, key: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Grpc-Metadata-Authorization": f"Bearer {key}"},
            timeout=timeout_s,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def create_group(self, group: MulticastGroup) -> str:
        """Make a group; returns its identifier. Devices and gateways come after."""
        answer = await self._ask("POST", GROUPS, {"multicastGroup": _written(group)})
        return str(answer["id"])

    async def find_group(self, application_id: str, name: str) -> str | None:
        """The identifier of a group by its name: so that making one can be tried again."""
        query = {"applicationId": application_id, "search": name, "limit": "100"}
        answer = await self._ask("GET", GROUPS, query=query)
        found = (one["id"] for one in answer.get("result", ()) if one.get("name") == name)
        return next(found, None)

    async def delete_group(self, group_id: str) -> None:
        """Forget a group; one that is not there is no error."""
        await self._ask("DELETE", f"{GROUPS}/{group_id}", allowed=NOT_FOUND)

    async def add_device(self, group_id: str, dev_eui: str) -> None:
        """Make a device a member; one that is already is no error. The device itself learns the
        keys by other ways: TS005, or an order of its maker."""
        path = f"{GROUPS}/{group_id}/devices"
        body = {"multicastGroupId": group_id, "devEui": dev_eui}
        await self._ask("POST", path, body, allowed=ALREADY_EXISTS)

    async def remove_device(self, group_id: str, dev_eui: str) -> None:
        """End a membership; none is no error."""
        await self._ask("DELETE", f"{GROUPS}/{group_id}/devices/{dev_eui}", allowed=NOT_FOUND)

    async def add_gateway(self, group_id: str, gateway_id: str) -> None:
        """Let a gateway send for the group; without any, ChirpStack chooses by the members'
        last uplinks."""
        path = f"{GROUPS}/{group_id}/gateways"
        body = {"multicastGroupId": group_id, "gatewayId": gateway_id}
        await self._ask("POST", path, body, allowed=ALREADY_EXISTS)

    async def enqueue(
        self, group_id: str, frame: PortFrame, expires_at: datetime | None = None
    ) -> int:
        """Queue a frame for a group; returns its frame counter. It leaves at once (class C)."""
        item: dict[str, Any] = {
            "multicastGroupId": group_id,
            "fPort": frame.port,
            "data": b64encode(frame.payload).decode(),
        }
        if expires_at is not None:
            item["expiresAt"] = expires_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        answer = await self._ask("POST", f"{GROUPS}/{group_id}/queue", {"queueItem": item})
        return int(answer.get("fCnt", 0))

    async def queue(self, group_id: str) -> Sequence[QueuedFrame]:
        """Frames that wait, oldest first."""
        answer = await self._ask("GET", f"{GROUPS}/{group_id}/queue")
        return [
            QueuedFrame(
                PortFrame(int(item.get("fPort", 0)), b64decode(item.get("data", ""))),
                int(item.get("fCnt", 0)),
            )
            for item in answer.get("items", ())
        ]

    async def flush_queue(self, group_id: str) -> None:
        """Drop what waits."""
        await self._ask("DELETE", f"{GROUPS}/{group_id}/queue")

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        allowed: int | None = None,
    ) -> Mapping[str, Any]:
        """One call. `allowed` is the gRPC code that means that it was done already."""
        try:
            answer = await self._client.request(method, path, json=body, params=query)
        except httpx.TransportError as error:
            said = str(error) or type(error).__name__
            raise UnreachableError(f"ChirpStack at {self._client.base_url}: {said}") from error
        told = _told(answer)
        if answer.is_success:
            return told
        code = int(told.get("code", 0))
        if allowed is not None and code == allowed:
            return {}
        reason = told.get("message", answer.reason_phrase)
        raise ChirpStackRefusedError(code, f"{method} {path}: {answer.status_code} {reason}")


def _told(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json() if answer.content else {}
    except ValueError as error:
        if not answer.is_success:
            return {}
        raise LinkError(f"{answer.request.url.path}: the answer is not JSON") from error
    return told if isinstance(told, dict) else {}


def _written(group: MulticastGroup) -> dict[str, Any]:
    """The group in the protobuf's JSON; class C, sent as soon as a gateway is free."""
    return {
        "name": group.name,
        "applicationId": group.application_id,
        "region": group.region,
        "mcAddr": group.address,
        "mcNwkSKey": group.network_session_key,
        "mcAppSKey": group.app_session_key,
        "fCnt": group.counter,
        "groupType": "CLASS_C",
        "dr": group.data_rate,
        "frequency": group.frequency_hz,
        "classCSchedulingType": "DELAY",
    }
