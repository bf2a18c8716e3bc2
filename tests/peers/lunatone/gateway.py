"""The gateway on a free port: REST and WebSocket, over lines of python-dali's control gear."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response, WebSocket, WebSocketDisconnect

from tests.peers.dali.gear import PeerLine

# Percent of light to level on the standard curve, where tests order it.
LEVELS = {0: 0, 10: 170, 35: 216, 40: 221, 50: 229, 75: 243, 100: 254}
SIGNATURE = {"timestamp": 1.5, "counter": 1}


class LunatonePeer:
    """The gateway's state; frames take `frame_s` each on the line."""

    def __init__(self, lines: Mapping[int, PeerLine], frame_s: float = 0.0) -> None:
        self.lines = lines
        self.frame_s = frame_s
        self.url = ""
        self.unpowered: set[int] = set()
        self.scanned: dict[int, tuple[int, int]] = {}
        self.rest_calls: list[tuple[str, dict[str, Any]]] = []
        self.scans: list[dict[str, Any]] = []
        self.is_broken = False
        self.is_mute = False
        self.garbage: list[str] = []
        self.frames: list[dict[str, Any]] = []
        self.sockets: set[WebSocket] = set()
        self._progress = 0
        self.learn()

    def learn(self) -> None:
        """What a scan does: gear gets identifiers."""
        places = [(line, address) for line, bus in self.lines.items() for address in bus.gears]
        self.scanned = dict(enumerate(places, start=1))

    async def drop(self) -> None:
        """Close all connections, as a gateway that restarts."""
        for each in list(self.sockets):
            with suppress(WebSocketDisconnect, RuntimeError):
                await each.close(1012)

    async def another_master_sends(self, line: int, payload: bytes) -> None:
        """A frame of somebody else on a line: all listeners are shown it."""
        self.lines[line].send(payload)
        await self._monitor(line, payload)

    def device(self, identifier: int) -> dict[str, Any]:
        """A device as the gateway describes it."""
        line, address = self.scanned[identifier]
        gear = self.lines[line].gears[address]
        return {
            "id": identifier,
            "name": f"DALI {address:02}",
            "type": "default",
            "features": {"dimmable": {"status": 100.0 * (gear.level > 0)}},
            "scenes": [],
            "groups": sorted(gear.groups),
            "address": address,
            "line": line,
            "daliTypes": list(gear.devicetypes),
            "timeSignature": SIGNATURE,
        }

    async def control(self, line: int | None, first: int, body: dict[str, Any]) -> Response:
        """Put the level of a control request on one line, or all."""
        if self.is_broken:
            raise HTTPException(503)
        for number, bus in self.lines.items():
            if line in (None, number):
                payload = bytes([first, LEVELS[int(body["dimmable"])]])
                bus.send(payload)
                await self._monitor(number, payload)
        return Response(status_code=204)

    def scan_state(self) -> dict[str, Any]:
        """How far the scan is: a third further with each look."""
        self._progress = min(self._progress + 34, 100)
        is_done = self._progress == 100
        if is_done:
            self.learn()
        return {
            "id": "scan",
            "progress": self._progress,
            "found": len(self.scanned),
            "foundSensors": 0,
            "status": "done" if is_done else "in progress",
        }

    async def serve_socket(self, socket: WebSocket) -> None:
        """One client, from the greeting on."""
        await socket.accept()
        self.sockets.add(socket)
        descriptor = {"lines": len(self.lines), "protocolVersion": "1.0"}
        device = {"gtin": 9010342013607}
        greeting = {"name": "peer", "errors": {}, "descriptor": descriptor, "device": device}
        try:
            for text in self.garbage:
                await socket.send_text(text)
            await socket.send_json({"type": "info", "data": greeting})
            while True:
                await self._carry(socket, await socket.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            self.sockets.discard(socket)

    async def _carry(self, socket: WebSocket, message: dict[str, Any]) -> None:
        frame, mode = message["data"], message["data"]["mode"]
        self.frames.append(frame)
        if self.is_mute:
            return
        line, payload = frame["line"], bytes(frame["daliData"])
        await asyncio.sleep(self.frame_s)
        if line not in self.lines or line in self.unpowered:
            await _say(socket, "daliFrame", line=line, result=5 if line not in self.lines else 1)
            return
        answer = self.lines[line].send(payload, mode["sendTwice"])
        for _ in range(1 + mode["sendTwice"]):
            await _say(socket, "daliFrame", line=line, result=0)
        if mode["waitForAnswer"]:
            result = 0 if answer is None else 63 if answer < 0 else 8
            value = answer if result == 8 else None
            await _say(socket, "daliAnswer", line=line, result=result, daliData=value)
        await self._monitor(line, payload)

    async def _monitor(self, line: int, payload: bytes) -> None:
        for each in list(self.sockets):
            shown = {"bits": 16, "data": list(payload), "line": line, "framingError": False}
            await each.send_json({"type": "daliMonitor", "data": shown})


async def _say(socket: WebSocket, kind: str, **content: Any) -> None:
    await socket.send_json({"type": kind, "data": content})


def _app(peer: LunatonePeer) -> FastAPI:
    app = FastAPI()

    @app.get("/devices")
    def devices() -> dict[str, Any]:
        if peer.is_broken:
            raise HTTPException(503)
        return {"devices": [peer.device(one) for one in peer.scanned], "timeSignature": SIGNATURE}

    @app.post("/dali/scan")
    async def start(request: Request) -> dict[str, Any]:
        peer.scans.append(await request.json())
        peer._progress = 0
        return peer.scan_state()

    @app.get("/dali/scan")
    def state() -> dict[str, Any]:
        return peer.scan_state()

    @app.post("/device/{identifier}/control")
    async def control_device(identifier: int, request: Request) -> Response:
        body = await request.json()
        peer.rest_calls.append((request.url.path, body))
        line, address = peer.scanned[identifier]
        return await peer.control(line, address << 1, body)

    @app.post("/group/{number}/control")
    async def control_group(number: int, request: Request) -> Response:
        body = await request.json()
        peer.rest_calls.append((request.url.path, body))
        return await peer.control(_line(request), 0x80 | number << 1, body)

    @app.post("/broadcast/control")
    async def control_all(request: Request) -> Response:
        body = await request.json()
        peer.rest_calls.append((request.url.path, body))
        return await peer.control(_line(request), 0xFE, body)

    app.add_api_websocket_route("/", peer.serve_socket)
    return app


def _line(request: Request) -> int | None:
    given = request.query_params.get("_line")
    return None if given is None else int(given)


@asynccontextmanager
async def running(peer: LunatonePeer, port: int = 0) -> AsyncIterator[LunatonePeer]:
    """The gateway on loopback; port 0 takes a free one."""
    # Named as TCP, or asyncio would let small messages wait for one another.
    listener = sockets.socket(sockets.AF_INET, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
    listener.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    peer.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        _app(peer), log_level="critical", ws="websockets-sansio", lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield peer
    finally:
        try:
            await peer.drop()
            server.should_exit = True
            await serving
        finally:
            listener.close()
