"""Serves simulated devices over TCP or a serial line; the protocol itself is pymodbus's."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulator.modbus.memory import RefusedError, UnitMemory

# The library wants a device of its own to begin with; ours take its place at once.
_NO_DEVICE = SimDevice(id=1, simdata=SimData(0, datatype=DataType.REGISTERS))


class _Devices:
    """What pymodbus asks when a request comes."""

    def __init__(self, units: Mapping[int, UnitMemory]) -> None:
        self._units = units

    def device_ids(self) -> list[int]:
        return list(self._units)

    async def async_getValues(  # noqa: N802  # the library's name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | ExcCodes:
        try:
            return self._unit(device_id).get(func_code, address, count)
        except RefusedError as error:
            return ExcCodes(error.exception_code)

    async def async_setValues(  # noqa: N802  # the library's name
        self, device_id: int, func_code: int, address: int, values: list[int]
    ) -> ExcCodes | None:
        try:
            self._unit(device_id).write(func_code, address, [int(value) for value in values])
        except RefusedError as error:
            return ExcCodes(error.exception_code)
        return None

    def _unit(self, device_id: int) -> UnitMemory:
        unit = self._units.get(device_id)
        if unit is None or unit.is_silent:
            raise NoSuchIdException(f"unit {device_id} is silent")
        return unit


class ModbusPeer:
    """A gateway with devices behind it: `async with tcp(...)` or `serial(...)`."""

    def __init__(self, server: Any, units: Mapping[int, UnitMemory]) -> None:
        self._server = server
        self._server.context = _Devices(units)
        self._serving: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        port: int = self._server.transport.sockets[0].getsockname()[1]
        return port

    async def __aenter__(self) -> Self:
        await self._server.serve_forever(background=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(asyncio.CancelledError):
            await self._server.shutdown()


def tcp(units: Mapping[int, UnitMemory], host: str = "127.0.0.1", port: int = 0) -> ModbusPeer:
    """A Modbus TCP gateway; port 0 takes a free one. Devices it does not know never answer."""
    server = ModbusTcpServer(_NO_DEVICE, address=(host, port), ignore_missing_devices=True)
    return ModbusPeer(server, units)


def serial(units: Mapping[int, UnitMemory], device: str, baudrate: int = 9600) -> ModbusPeer:
    """Devices on a serial line (RTU)."""
    server = ModbusSerialServer(
        _NO_DEVICE, port=device, baudrate=baudrate, ignore_missing_devices=True
    )
    return ModbusPeer(server, units)
