"""Lunatone DALI-2 IoT gateways: REST for orders and scans, WebSocket for frames on the line."""

from drivers.lunatone.link import LinkSettings, LunatoneLink
from drivers.lunatone.session import SessionLimits

__all__ = ["LinkSettings", "LunatoneLink", "SessionLimits"]
