"""Frames of NAS UL20xx luminaire controllers: bytes to named packet fields, and back.

Names and values are those of the vendor's published codec, so that its documentation applies
word for word. What the fields mean to the light is in `meaning`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from drivers.errors import EncodeError, TrailingBytesError, TruncatedFrameError, UnknownPortError
from drivers.lorawan.nas.boot import read_boot_port
from drivers.lorawan.nas.commands import COMMANDS_1_0, COMMANDS_1_1
from drivers.lorawan.nas.config_1_0 import CONFIG_1_0
from drivers.lorawan.nas.config_1_1 import CONFIG_1_1
from drivers.lorawan.nas.early import read_early
from drivers.lorawan.nas.fields import Layout
from drivers.lorawan.nas.notices import read_notice
from drivers.lorawan.nas.packet import Fields, Named, Reader
from drivers.lorawan.nas.requests import (
    REQUESTS_1_0,
    REQUESTS_1_1,
    RESTARTS_1_0,
    RESTARTS_1_1,
)
from drivers.lorawan.nas.status import parse_status, parse_status_1_0
from drivers.lorawan.nas.status_names import status_1_0_fields, status_1_1_fields, status_errors
from drivers.lorawan.nas.structure import read_packet, write_packet
from drivers.lorawan.nas.usage import parse_usage, parse_usage_1_1, usage_fields

STATUS_PORT = 23
STATUS_PORT_1_0 = 24
USAGE_PORT_1_0 = 25
USAGE_PORT = 26
REQUEST_PORT = 49
CONFIG_PORT = 50
RESTART_PORT = 51
COMMAND_PORT = 60
NOTICE_PORT = 61
BOOT_PORT = 99


class Firmware(StrEnum):
    """Generations of the payload layout."""

    V0_6 = "0.6.29"
    V1_0 = "1.0.x"
    V1_1 = "1.1.x"


class Packet(NamedTuple):
    """A frame in the vendor's names, with the warnings and errors the vendor's codec gives.

    `errors` leave the frame readable; what makes it unreadable is raised.
    """

    fields: Any  # a mapping; in firmware 0.6.29 some packets are a list of mappings
    warnings: list[str]
    errors: list[str]


_TABLES: Mapping[Firmware, Mapping[int, Mapping[int, Layout]]] = {
    Firmware.V0_6: {},
    Firmware.V1_0: {
        REQUEST_PORT: REQUESTS_1_0,
        CONFIG_PORT: CONFIG_1_0,
        RESTART_PORT: RESTARTS_1_0,
        COMMAND_PORT: COMMANDS_1_0,
    },
    Firmware.V1_1: {
        REQUEST_PORT: REQUESTS_1_1,
        CONFIG_PORT: CONFIG_1_1,
        RESTART_PORT: RESTARTS_1_1,
        COMMAND_PORT: COMMANDS_1_1,
    },
}


def decode_packet(port: int, payload: bytes, firmware: Firmware = Firmware.V1_1) -> Packet:
    """A frame of either direction in the vendor's names; raises `DecodeError`."""
    if not payload:
        raise TruncatedFrameError("packet header", 1, 0, 0)
    reader = Reader(payload)
    table = _TABLES[firmware].get(port)
    if table is not None:
        fields = Fields()
        read_packet(table, reader, fields)
        return _complete(fields, reader)
    if firmware is Firmware.V0_6:
        return _complete(read_early(port, reader), reader)
    read = _UPLINKS[firmware].get(port)
    if read is None:
        known = sorted({*_TABLES[firmware], *_UPLINKS[firmware]})
        raise UnknownPortError(f"port {port} is not used by firmware {firmware}, only {known}")
    return _complete(read(reader), reader)


def encode_packet(
    port: int, fields: Mapping[str, Any], firmware: Firmware = Firmware.V1_1
) -> bytes:
    """The bytes of a packet of port 49, 50, 51 or 60; raises `EncodeError`."""
    table = _TABLES[firmware].get(port)
    if table is None:
        raise EncodeError(f"no packet is written on port {port} for firmware {firmware}")
    out = bytearray()
    write_packet(table, fields, out)
    return bytes(out)


def _complete(fields: Any, reader: Reader) -> Packet:
    if reader.left:
        name = fields.get("packet_type", "packet") if isinstance(fields, dict) else "packet"
        raise TrailingBytesError(name, reader.left)
    return Packet(fields, reader.warnings, reader.errors)


def _status_1_1(reader: Reader) -> Named:
    status = parse_status(reader.take(reader.left, "status"))
    reader.errors.extend(status_errors(status))
    return status_1_1_fields(status, reader.warnings)


def _status_1_0(reader: Reader) -> Named:
    status = parse_status_1_0(reader.take(reader.left, "status"))
    reader.errors.extend(status_errors(status))
    return status_1_0_fields(status, reader.warnings)


def _usage_1_1(reader: Reader) -> Named:
    return usage_fields(parse_usage_1_1(reader.take(reader.left, "usage")), reader.warnings)


def _usage_1_0(reader: Reader) -> Named:
    return usage_fields(parse_usage(reader.take(reader.left, "usage")), reader.warnings)


_UPLINKS: Mapping[Firmware, Mapping[int, Callable[[Reader], Named]]] = {
    Firmware.V1_0: {
        STATUS_PORT_1_0: _status_1_0,
        USAGE_PORT_1_0: _usage_1_0,
        NOTICE_PORT: lambda reader: read_notice(reader, is_firmware_1_0=True),
        BOOT_PORT: read_boot_port,
    },
    Firmware.V1_1: {
        STATUS_PORT: _status_1_1,
        USAGE_PORT: _usage_1_1,
        NOTICE_PORT: lambda reader: read_notice(reader, is_firmware_1_0=False),
        BOOT_PORT: read_boot_port,
    },
}
