"""Commands of NAS UL20xx, port 60: down as orders, up as their echo or answer.

Source: NAS payload documentation ("LCU payloads commands") and nasys/nas-codecs (MIT).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.lorawan.nas.addresses import BROADCAST
from drivers.lorawan.nas.fields import (
    Address,
    Choice,
    Constant,
    HexBytes,
    Layout,
    Number,
    Reserved,
    address_raw,
    flags,
    layout,
    level,
    read_all,
    write_all,
)
from drivers.lorawan.nas.gear_status import gear_status_byte, read_gear_statuses
from drivers.lorawan.nas.packet import Fields, Reader, address_name, given
from drivers.lorawan.nas.structure import Each, IfMore

_QUERY_SIZES = (2, 3)  # address and query; in the answer also what the gear said


@dataclass(frozen=True, slots=True)
class DaliQuery:
    """A DALI query: taken apart while it is a single one, raw in any case."""

    def read(self, reader: Reader, into: Fields) -> None:
        HexBytes("query_data_raw").read(reader, into)
        raw = bytes.fromhex(into["query_data_raw"])
        if len(raw) in _QUERY_SIZES:
            into["address"] = address_name(raw[0], None, reader.warnings)
            into["dali_query"] = raw[1]
            if len(raw) > 2:
                into["dali_response"] = raw[2]

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        HexBytes("query_data_raw").write(fields, out)


@dataclass(frozen=True, slots=True)
class GearStatuses:
    """One address asks for its status; pairs of address and status byte are the answer."""

    def read(self, reader: Reader, into: Fields) -> None:
        if reader.left != 1:
            into["dali_statuses"] = read_gear_statuses(reader)
            return
        raw = reader.take_byte("address")
        is_all = raw == BROADCAST
        into["address"] = "all_drivers" if is_all else address_name(raw, None, reader.warnings)
        into.beneath["address"] = raw

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        if "dali_statuses" not in fields:
            is_all = given(fields, "address") == "all_drivers"
            out.append(BROADCAST if is_all else address_raw(fields, "address", None))
            return
        for entry in fields["dali_statuses"]:
            out.append(address_raw(entry, "address", None))
            out.append(gear_status_byte(entry))


@dataclass(frozen=True, slots=True)
class MemoryValue:
    """As many bytes as the answer announces."""

    def read(self, reader: Reader, into: Fields) -> None:
        HexBytes("memory_value", into["read_size__bytes"]).read(reader, into)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        HexBytes("memory_value", given(fields, "read_size__bytes")).write(fields, out)


_ASKS = Constant(b"\xff", "interfaces")
_INTERFACES = (
    Constant(b"\x01", "number of the digital input"),
    Choice("dig", {0: "off", 1: "on", 0xFF: "n/a"}),
    Constant(b"\x02", "number of the LDR"),
    Number("ldr", words={0xFF: "n/a"}),
    Constant(b"\x03", "number of the unused input"),
    Reserved(),
    Constant(b"\x04", "number of the relays"),
    flags("internal_relay_closed", "open_drain_output_on"),
)


@dataclass(frozen=True, slots=True)
class Interfaces:
    """A lone 0xFF asks; the answer is four numbered inputs and outputs."""

    def read(self, reader: Reader, into: Fields) -> None:
        read_all((_ASKS,) if reader.left == 1 else _INTERFACES, reader, into)

    def write(self, fields: Mapping[str, Any], out: bytearray) -> None:
        write_all(_INTERFACES if "dig" in fields else (_ASKS,), fields, out)


_DESTINATION = (Address(), level("dimming_level__percent", "resume"))
_MEMORY = (Address(context_word=None), Number("memory_bank"), Number("memory_address"))
_DIM_MAP = (
    Address(context_word=None),
    Number("dali_min_level"),
    Number("dali_max_level"),
    Choice("dimming_curve", {0: "logarithmic", 1: "linear"}),
)

_COMMON: Mapping[int, Layout] = {
    0x01: layout("manual_dimming", Each("destination", _DESTINATION)),
    0x03: layout("custom_dali_request", DaliQuery()),
    0x04: layout("custom_dali_command", HexBytes("dali_command")),
    0x07: layout(
        "driver_memory_read",
        IfMore(
            "address",
            (*_MEMORY, Number("read_size__bytes"), IfMore("memory_value", (MemoryValue(),))),
            bare_warning="driver_memory_read_failed",
        ),
    ),
    0x08: layout(
        "driver_memory_write",
        IfMore(
            "address",
            (*_MEMORY, HexBytes("memory_value")),
            bare_warning="driver_memory_write_failed",
        ),
    ),
    0x09: layout(
        "manual_timed_dimming", Each("destination", (*_DESTINATION, Number("duration__minutes")))
    ),
    0x0C: layout("open_drain_output_control", flags("open_drain_output_on")),
}

COMMANDS_1_0: Mapping[int, Layout] = {
    **_COMMON,
    0x00: layout("dali_status_request", GearStatuses()),
    0x05: layout("status_usage_request", flags("usage_requested", "status_requested")),
    0x06: layout("interface_request", Interfaces()),
}

COMMANDS_1_1: Mapping[int, Layout] = {
    **_COMMON,
    0x05: layout(
        "status_usage_request",
        flags(
            "usage_requested",
            "status_requested",
            "dim_map_report_requested",
            "request_gnss_notification",
        ),
        IfMore("drivers", (Each("drivers", _DIM_MAP),)),
    ),
    0x0A: layout("address_dali_driver", Address(context_word="rescan_dali_bus")),
    0x0B: layout("dali_identify"),
}
