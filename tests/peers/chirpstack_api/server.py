"""ChirpStack's REST proxy on loopback, as its API is documented: a peer that shares no code with
our client.

The proxy (grpc-gateway) takes the token from `Grpc-Metadata-Authorization`, answers protobuf JSON
in which defaults are left out, and errors as {"code", "message", "details"} under an HTTP status
that follows the gRPC code.
"""

import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "an API key of the peer"
STATUS_OF_CODE = {3: 400, 5: 404, 6: 409, 13: 500, 16: 401}
HEX_KEY = re.compile(r"[0-9a-f]{32}")


class Refused(Exception):  # noqa: N818  # gRPC's own word for a status that is not OK
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Group:
    """What the server keeps of a group."""

    fields: dict[str, Any]
    devices: set[str] = field(default_factory=set)
    gateways: set[str] = field(default_factory=set)
    queue: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Server:
    """The state of the peer, and how it is reached."""

    url: str = ""
    groups: dict[str, Group] = field(default_factory=dict)
    known_devices: set[str] = field(default_factory=set)
    known_gateways: set[str] = field(default_factory=set)
    broken: bool = False

    def answer(self, method: str, path: str, query: Any, body: Any) -> dict[str, Any]:
        words = path.strip("/").split("/")
        if words[:2] != ["api", "multicast-groups"]:
            raise Refused(5, "Not Found")
        match (method, *words[2:]):
            case ("POST",):
                return self._create(body["multicastGroup"])
            case ("GET",):
                return self._list(query)
            case (_, group_id):
                return self._of_group(method, self._group(group_id), group_id)
            case (_, group_id, "queue"):
                return self._of_queue(method, self._group(group_id), body)
            case (_, group_id, kind, *member) if kind in ("devices", "gateways"):
                return self._of_members(method, self._group(group_id), kind, member, body)
        raise Refused(5, "Not Found")

    def _of_group(self, method: str, group: Group, group_id: str) -> dict[str, Any]:
        if method == "DELETE":
            del self.groups[group_id]
            return {}
        return {"multicastGroup": {"id": group_id, **group.fields}}

    def _of_queue(self, method: str, group: Group, body: Any) -> dict[str, Any]:
        if method == "POST":
            return self._enqueue(group, body["queueItem"])
        if method == "DELETE":
            group.queue.clear()
        return {"items": group.queue} if group.queue else {}

    def _of_members(
        self, method: str, group: Group, kind: str, member: list[str], body: Any
    ) -> dict[str, Any]:
        members = group.devices if kind == "devices" else group.gateways
        known = self.known_devices if kind == "devices" else self.known_gateways
        if method == "POST":
            self._join(members, known, body["devEui" if kind == "devices" else "gatewayId"])
        else:
            self._leave(members, member[0])
        return {}

    def _group(self, group_id: str) -> Group:
        if group_id not in self.groups:
            raise Refused(5, f"Object does not exist (id: {group_id})")
        return self.groups[group_id]

    def _create(self, fields: dict[str, Any]) -> dict[str, Any]:
        for name in ("mcNwkSKey", "mcAppSKey"):
            if not HEX_KEY.fullmatch(fields[name]):
                raise Refused(3, f"{name}: 16 bytes in hexadecimal")
        if fields["region"] != "EU868" or fields["groupType"] not in ("CLASS_C", "CLASS_B"):
            raise Refused(3, "no such region or group type")
        group_id = str(uuid.uuid4())
        self.groups[group_id] = Group(fields)
        return {"id": group_id}

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        wanted = query.get("applicationId", [""])[0]
        search = query.get("search", [""])[0]
        found = [
            {"id": group_id, "name": group.fields["name"]}
            for group_id, group in self.groups.items()
            if group.fields["applicationId"] == wanted and search in group.fields["name"]
        ]
        limit = int(query.get("limit", ["0"])[0])
        return {"totalCount": len(found), "result": found[:limit]} if found else {}

    def _join(self, members: set[str], known: set[str], name: str) -> None:
        if name not in known:
            raise Refused(5, f"Object does not exist (id: {name})")
        if name in members:
            raise Refused(6, f"Object already exists (id: {name})")
        members.add(name)

    def _leave(self, members: set[str], name: str) -> None:
        if name not in members:
            raise Refused(5, f"Object does not exist (id: {name})")
        members.remove(name)

    def _enqueue(self, group: Group, item: dict[str, Any]) -> dict[str, Any]:
        if not item.get("fPort"):
            raise Refused(3, "f_port must be > 0")
        if not group.devices:
            raise Refused(13, "multicast-group has no devices")
        counter = int(group.fields.get("fCnt", 0))
        group.fields["fCnt"] = counter + 1
        kept = {**item, "fCnt": counter}
        group.queue.append({name: value for name, value in kept.items() if value})
        return {"fCnt": counter} if counter else {}


def handler_of(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            if server.broken:
                self._say(502, b"<html>Bad Gateway</html>")
                return
            try:
                if self.headers.get("Grpc-Metadata-Authorization") != f"Bearer {KEY}":
                    raise Refused(16, "authentication failed: invalid token")
                place = urlsplit(self.path)
                body = json.loads(content) if content else {}
                answer = server.answer(self.command, place.path, parse_qs(place.query), body)
                self._say(200, json.dumps(answer).encode())
            except Refused as refused:
                told = {"code": refused.code, "message": str(refused), "details": []}
                self._say(STATUS_OF_CODE[refused.code], json.dumps(told).encode())

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815  # the names http.server looks for

        def _say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests speak for themselves."""

    return Handler


@contextmanager
def serve() -> Iterator[Server]:
    """The peer, on a free port of loopback, while the context lasts."""
    server = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(server))
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
