"""Modbus over TCP and serial lines: one planner per connection, register blocks as data."""

from drivers.modbus.bus import Bus, BusLimits, Priority, UnitBus
from drivers.modbus.link import ModbusLink
from drivers.modbus.requests import Function, Read, Write, words_of
from drivers.modbus.settings import LinkSettings, SerialLine, TcpEndpoint
from drivers.modbus.unit import Block, RegisterUnit, StandsOnBus, Tell, Unit

__all__ = [
    "Block",
    "Bus",
    "BusLimits",
    "Function",
    "LinkSettings",
    "ModbusLink",
    "Priority",
    "Read",
    "RegisterUnit",
    "SerialLine",
    "StandsOnBus",
    "TcpEndpoint",
    "Tell",
    "Unit",
    "UnitBus",
    "Write",
    "words_of",
]
