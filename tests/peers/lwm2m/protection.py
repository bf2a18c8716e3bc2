"""The device's side of OSCORE, as a device keeps it: one context with the server."""

from typing import Any

from aiocoap.oscore import (
    CanProtect,
    CanUnprotect,
    ReplayWindow,
    SecurityContextUtils,
    algorithms,
    hashfunctions,
)


class DeviceProtection(CanProtect, CanUnprotect, SecurityContextUtils):  # type: ignore[misc]
    """Derived from the master secret the device was made with (RFC 8613, 3.2)."""

    def __init__(self, device_id: str, server_id: str, secret: str, salt: str = "") -> None:
        self.authenticated_claims: list[str] = []
        self.alg_aead: Any = algorithms["AES-CCM-16-64-128"]
        self.hashfun: Any = hashfunctions["sha256"]
        self.id_context = None
        self.sender_id = bytes.fromhex(device_id)
        self.recipient_id = bytes.fromhex(server_id)
        self.derive_keys(bytes.fromhex(salt), bytes.fromhex(secret))
        self.recipient_replay_window: Any = ReplayWindow(32, lambda: None)
        self.recipient_replay_window.initialize_empty()
        self.echo_recovery = None
        self.sender_sequence_number = 0

    def post_seqnoincrease(self) -> None:
        """A device keeps it in flash; a test has none."""
