"""One OSLP controller on a lamp (PSLD): registers with its platform, answers what it is asked.

Source: OSGP/open-smart-grid-platform, oslp.proto and the adapter's session (register, confirm,
sequence numbers); envelopes are signed by device and platform.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from drivers.errors import DecodeError
from drivers.oslp import messages
from drivers.oslp.connection import close, read_envelope, write_envelope
from drivers.oslp.envelope import Envelope, PublicKey, is_genuine

OK, REJECTED = 0, 2
PSLD, P1_METER = 1, 1
ANSWER_S = 10.0
RETRY_S = 10.0
RANDOM = 4711
SEQUENCE_START = 1
CURVE = ec.SECP256R1()
# The order of the curve's group: keys are numbers from 1 to one less.
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def key_of(device_id: str, seed: int) -> ec.EllipticCurvePrivateKey:
    """The key a simulated device was made with, the same for the same city: no secret at all."""
    digest = int.from_bytes(sha256(f"{seed}/{device_id}".encode()).digest(), "big")
    return ec.derive_private_key(digest % (CURVE_ORDER - 1) + 1, CURVE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the controller shows of its lamp."""

    at: datetime
    level_percent: int
    active_power_w: int
    active_energy_wh: int
    burning_time_s: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the device listens, and where its platform does."""

    host: str
    port: int
    platform_host: str
    platform_port: int


class OslpDevice:
    """A controller by its identifier (24 hexadecimal digits); `run` is its life."""

    def __init__(
        self,
        device_id: str,
        key: ec.EllipticCurvePrivateKey,
        platform_key: PublicKey,
        place: Place,
        look: Callable[[], Shown | None],
        take: Callable[[int], bool],
    ) -> None:
        self.device_id = device_id
        self._key = key
        self._platform_key = platform_key
        self._place = place
        self._look = look
        self._take = take
        self._number = SEQUENCE_START
        self._is_registered = False

    async def run(self) -> None:
        """Listen, register, and stay there until cancelled."""
        server = await asyncio.start_server(self._serve, self._place.host, self._place.port)
        async with server:
            while not self._is_registered:
                with suppress(OSError, TimeoutError, DecodeError):
                    self._is_registered = await self._register()
                if not self._is_registered:
                    await asyncio.sleep(RETRY_S)
            await asyncio.Event().wait()

    async def _register(self) -> bool:
        """Register and confirm; whether the platform agreed."""
        asked = messages.Message()
        asked.register_device_request.device_identification = self.device_id
        asked.register_device_request.device_type = PSLD
        asked.register_device_request.has_schedule = False
        asked.register_device_request.random_device = RANDOM
        answer = await self._tell(asked)
        if answer is None or not answer.HasField("register_device_response"):
            return False
        confirmed = messages.Message()
        request = confirmed.confirm_register_device_request
        request.random_device = RANDOM
        request.random_platform = answer.register_device_response.random_platform
        return await self._tell(confirmed) is not None

    async def _tell(self, message: Any) -> Any | None:
        """Send one message to the platform; its answer, None when there is no genuine one."""
        place = self._place
        self._number = (self._number + 1) & 0xFFFF
        reader, writer = await asyncio.open_connection(
            place.platform_host, place.platform_port, local_addr=(place.host, 0)
        )
        try:
            said = Envelope(self._number, self.device_id, message.SerializeToString())
            await write_envelope(writer, said, self._key)
            answer = await read_envelope(reader, ANSWER_S)
        finally:
            await close(writer)
        if answer is None or not is_genuine(answer, self._platform_key):
            return None
        return messages.parse(answer.message)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await read_envelope(reader, ANSWER_S)
            if asked is None or not is_genuine(asked, self._platform_key):
                return
            answer = self._answer(messages.parse(asked.message))
            if answer is not None:
                self._number = asked.sequence_number
                said = Envelope(asked.sequence_number, self.device_id, answer.SerializeToString())
                await write_envelope(writer, said, self._key)
        except (DecodeError, TimeoutError, ConnectionError):
            return
        finally:
            await close(writer)

    def _answer(self, asked: Any) -> Any | None:
        """What the controller says; None when its modem hears nothing."""
        shown = self._look()
        if shown is None:
            return None
        answer = messages.Message()
        if asked.HasField("set_light_request"):
            answer.set_light_response.status = OK if self._obeys(asked) else REJECTED
        elif asked.HasField("resume_schedule_request"):
            answer.resume_schedule_response.status = OK if self._take(100) else REJECTED
        elif asked.HasField("get_status_request"):
            answer.get_status_response.status = OK
            light = answer.get_status_response.value.add()
            light.on = shown.level_percent > 0
            light.dim_value = bytes([shown.level_percent])
        elif asked.HasField("get_actual_power_usage_request"):
            self._meter(answer.get_actual_power_usage_response, shown)
        else:
            return None
        return answer

    def _obeys(self, asked: Any) -> bool:
        """Take the level of the first light named: there is one."""
        for light in asked.set_light_request.values:
            dimmed = light.dim_value[0] if light.dim_value else 100
            return self._take(dimmed if light.on else 0)
        return False

    def _meter(self, answer: Any, shown: Shown) -> None:
        answer.status = OK
        data = answer.power_usage_data
        data.record_time = f"{shown.at:%Y%m%d%H%M%S}"
        data.meter_type = P1_METER
        data.total_consumed_energy = shown.active_energy_wh
        data.actual_consumed_power = shown.active_power_w
        data.psld_data.total_lighting_hours = shown.burning_time_s // 3600
