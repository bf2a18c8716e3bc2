"""One connection to a Modbus gateway: opened when needed, closed when it has fallen silent.

The framing is pymodbus's; what is checked of an answer, and what is given up when, is said here.
"""

import asyncio
import logging
from typing import Any

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from drivers.errors import LinkError, RefusedByDeviceError, UnreachableError
from drivers.modbus.requests import COIL_ON, EXCEPTIONS, Function, Read, Request, Write
from drivers.modbus.settings import Endpoint, TcpEndpoint

# Without any answer this many times in a row, a TCP connection is taken for half open: closed, and
# opened anew for the next request. One dead device behind a living gateway costs no more than that.
SILENT_EXCHANGES_MAX = 3
# After an answer that did not come, a serial line is left alone this long: what comes too late must
# not be taken for the answer to the next question.
SERIAL_REST_S = 0.05
# The gateway answers these for a device that does not.
_DEVICE_AWAY = frozenset({10, 11})

# Each request that fails is told by who asked; the library would tell it a second time.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


class ModbusRefusalError(RefusedByDeviceError):
    """The device answered with an exception; `exception_code` says which."""

    def __init__(self, unit: int, exception_code: int) -> None:
        meaning = EXCEPTIONS.get(exception_code, "not in the specification")
        super().__init__(f"unit {unit} answered exception {exception_code} ({meaning})")
        self.exception_code = exception_code


class WrongAnswerError(LinkError):
    """An answer that does not fit its question."""

    code = "answer_wrong"


class Connection:
    """Exchanges one request at a time; not to be shared by tasks (see `Bus`)."""

    def __init__(self, endpoint: Endpoint, answer_timeout_s: float) -> None:
        self._endpoint = endpoint
        self._timeout_s = answer_timeout_s
        self._client: Any = None
        self._silent_exchanges = 0

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as one can know without using it."""
        return self._client is not None and bool(self._client.connected)

    async def open(self) -> None:
        """Connect, if need be; raises `UnreachableError`."""
        if self.is_open:
            return
        self.close()
        client = self._new_client()
        try:
            is_open = await client.connect()
        except OSError as error:
            raise UnreachableError(f"{self._endpoint}: {error}") from error
        if not is_open:
            client.close()
            raise UnreachableError(f"{self._endpoint} takes no connection")
        self._client = client

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
        self._client = None
        self._silent_exchanges = 0

    async def exchange(self, unit: int, request: Request) -> bytes:
        """The bytes a read asks for, none for a write; raises `LinkError`."""
        await self.open()
        try:
            answer = await self._ask(unit, request)
        except (ModbusException, OSError) as error:
            await self._note_silence()
            raise UnreachableError(f"unit {unit} does not answer") from error
        self._silent_exchanges = 0
        if isinstance(answer, ExceptionResponse):
            raise refusal(unit, answer.exception_code)
        return answer_to(unit, request, answer)

    async def _ask(self, unit: int, request: Request) -> ModbusPDU:
        client = self._client
        match request:
            case Read(Function.READ_COILS, start, count):
                answer = client.read_coils(start, count=count, device_id=unit)
            case Read(Function.READ_DISCRETE_INPUTS, start, count):
                answer = client.read_discrete_inputs(start, count=count, device_id=unit)
            case Read(Function.READ_HOLDING_REGISTERS, start, count):
                answer = client.read_holding_registers(start, count=count, device_id=unit)
            case Read(_, start, count):
                answer = client.read_input_registers(start, count=count, device_id=unit)
            case Write(Function.WRITE_COIL, start, (word, *_)):
                answer = client.write_coil(start, word == COIL_ON, device_id=unit)
            case Write(Function.WRITE_REGISTER, start, (word, *_)):
                answer = client.write_register(start, word, device_id=unit)
            case Write(_, start, words):
                answer = client.write_registers(start, list(words), device_id=unit)
        pdu: ModbusPDU = await answer
        return pdu

    async def _note_silence(self) -> None:
        self._silent_exchanges += 1
        if not isinstance(self._endpoint, TcpEndpoint):
            await asyncio.sleep(SERIAL_REST_S)
        elif self._silent_exchanges >= SILENT_EXCHANGES_MAX:
            self.close()

    def _new_client(self) -> AsyncModbusTcpClient | AsyncModbusSerialClient:
        """A client that neither repeats requests nor reconnects by itself: the bus decides that."""
        if isinstance(self._endpoint, TcpEndpoint):
            return AsyncModbusTcpClient(
                self._endpoint.host,
                port=self._endpoint.port,
                timeout=self._timeout_s,
                retries=0,
                reconnect_delay=0,
            )
        return AsyncModbusSerialClient(
            self._endpoint.device,
            baudrate=self._endpoint.baudrate,
            parity=self._endpoint.parity,
            stopbits=self._endpoint.stop_bits,
            timeout=self._timeout_s,
            retries=0,
            reconnect_delay=0,
        )


def refusal(unit: int, exception_code: int) -> LinkError:
    """What an exception answered by a device, or by the gateway before it, means."""
    if exception_code in _DEVICE_AWAY:
        return UnreachableError(f"unit {unit}: {EXCEPTIONS[exception_code]}")
    return ModbusRefusalError(unit, exception_code)


def answer_to(unit: int, request: Request, answer: ModbusPDU) -> bytes:
    """The bytes of an answer that fits its question; raises `WrongAnswerError`."""
    if answer.dev_id != unit:
        raise WrongAnswerError(f"unit {unit} was asked, unit {answer.dev_id} answered")
    if answer.function_code != request.function:
        raise WrongAnswerError(
            f"unit {unit} answered function {answer.function_code} to {int(request.function)}"
        )
    if isinstance(request, Write):
        if answer.address != request.start:
            raise WrongAnswerError(f"unit {unit} says it wrote to {answer.address}")
        return b""
    payload = _payload(request, answer)
    if len(payload) != request.length:
        raise WrongAnswerError(
            f"unit {unit} answered {len(payload)} byte(s), {request.length} were asked for"
        )
    return payload


def _payload(request: Read, answer: ModbusPDU) -> bytes:
    if not request.function.reads_bits:
        return b"".join(word.to_bytes(2, "big") for word in answer.registers)
    bits = answer.bits
    return bytes(
        sum(1 << place for place, is_on in enumerate(bits[first : first + 8]) if is_on)
        for first in range(0, len(bits), 8)
    )
