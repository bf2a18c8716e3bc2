"""A Lunatone DALI-2 IoT gateway before one line: REST for devices and levels, frames by WebSocket.

Source: Lunatone DALI-2 IoT API documentation (REST and WebSocket).
"""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect

from simulator.dali.gear import GearLine, level_of
from simulator.sharing import SharedCity

LINE = 0
SENT, NO_SUCH_LINE, NO_ANSWER, VALUE = 0, 5, 0, 8
GTIN = 9010342013607
FRAME_S = 0.005
SIGNATURE = {"timestamp": 0.0, "counter": 1}


class IpGateway:
    """The lamps of one network `lunatone:<name>`, whose addresses end in their short address."""

    def __init__(self, network: str, host: str, port: int, shared: SharedCity) -> None:
        self.network = network
        self._host, self._port = host, port
        lamps = {
            int(address.rpartition("/")[2]): lamp for lamp, address in shared.lamps_of(network)
        }
        self._line = GearLine(lamps, shared)

    async def speak(self) -> None:
        """Serve until cancelled."""
        # Named as TCP, or asyncio would let small messages wait for one another.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, self._port))
        config = uvicorn.Config(
            self._app(),
            log_level="critical",
            ws="websockets-sansio",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await serving
            listener.close()

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/devices")
        def devices() -> dict[str, Any]:
            return {"devices": self._devices(), "timeSignature": SIGNATURE}

        @app.get("/dali/scan")
        @app.post("/dali/scan")
        def scan() -> dict[str, Any]:
            found = len(self._line.gears)
            return {
                "id": "scan",
                "progress": 100,
                "found": found,
                "foundSensors": 0,
                "status": "done",
            }

        @app.post("/device/{identifier}/control")
        async def control(identifier: int, request: Request) -> Response:
            return self._level(identifier - 1 << 1, await request.json())

        @app.post("/broadcast/control")
        async def control_all(request: Request) -> Response:
            return self._level(0xFE, await request.json())

        app.add_api_websocket_route("/", self._converse)
        return app

    def _devices(self) -> list[dict[str, Any]]:
        """Every device as the gateway describes it; its identifier is its short address and one."""
        return [
            {
                "id": address + 1,
                "name": f"DALI {address:02}",
                "type": "default",
                "features": {},
                "scenes": [],
                "groups": [],
                "address": address,
                "line": LINE,
                "daliTypes": [6],
                "timeSignature": SIGNATURE,
            }
            for address in self._line.gears
        ]

    def _level(self, first: int, asked: dict[str, Any]) -> Response:
        self._line.send(bytes([first, level_of(round(asked.get("dimmable", 0)))]))
        return Response(status_code=204)

    async def _converse(self, socket: WebSocket) -> None:
        await socket.accept()
        greeting = {
            "name": "simulated",
            "errors": {},
            "descriptor": {"lines": 1, "protocolVersion": "1.0"},
            "device": {"gtin": GTIN},
        }
        with suppress(WebSocketDisconnect, RuntimeError):
            await socket.send_json({"type": "info", "data": greeting})
            while True:
                await self._carry(socket, (await socket.receive_json())["data"])

    async def _carry(self, socket: WebSocket, asked: dict[str, Any]) -> None:
        await asyncio.sleep(FRAME_S)
        line, mode = asked["line"], asked["mode"]
        if line != LINE:
            await _say(socket, "daliFrame", line=line, result=NO_SUCH_LINE)
            return
        answer = self._line.send(bytes(asked["daliData"]))
        for _ in range(1 + mode["sendTwice"]):
            await _say(socket, "daliFrame", line=line, result=SENT)
        if mode["waitForAnswer"]:
            result = NO_ANSWER if answer is None else VALUE
            await _say(socket, "daliAnswer", line=line, result=result, daliData=answer)


async def _say(socket: WebSocket, kind: str, **content: Any) -> None:
    await socket.send_json({"type": kind, "data": content})
