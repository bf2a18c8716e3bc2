"""Lunatone DALI-2 IoT gateways: REST for orders and scans, WebSocket for frames on the line."""

from drivers.lunatone.connection import SessionLimits
from drivers.lunatone.link import LinkSettings, LunatoneLink

__all__ = ["LinkSettings", "LunatoneLink", "SessionLimits"]
