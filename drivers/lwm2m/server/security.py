"""OSCORE (RFC 8613): what protects messages of an endpoint, and binds them to its name."""

import secrets
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiocoap.oscore import (
    COSE_KID,
    DEFAULT_ALGORITHM,
    DEFAULT_HASHFUNCTION,
    DEFAULT_WINDOWSIZE,
    CanProtect,
    CanUnprotect,
    ContextUnavailable,
    ReplayWindow,
    SecurityContextUtils,
    algorithms,
    hashfunctions,
)
from msgspec import Struct

# Each start takes an epoch from the store, and with it this many numbers for every endpoint: 2^40
# numbers last for a million starts.
EPOCH_NUMBERS = 1 << 20
# An endpoint that has fewer left is given another epoch.
NUMBERS_LEFT_MIN = 1 << 16
SECRET_BYTES_MIN = 16


class EndpointKey(Struct, frozen=True):
    """What an endpoint was given when it was made; identifiers and secrets are hexadecimal.

    `device_id` is the identifier the device protects with, `server_id` ours towards it.
    """

    device_id: str
    master_secret: str
    server_id: str = ""
    master_salt: str = ""


class KeyRingError(ValueError):
    """Keys that are not written as they must be; the text never holds a key."""


def read_keys(text: str) -> Mapping[str, EndpointKey]:
    """Keys by endpoint name, from a JSON object; raises `KeyRingError`."""
    try:
        keys = msgspec.json.decode(text, type=dict[str, EndpointKey])
    except msgspec.MsgspecError as error:
        raise KeyRingError("keys are a JSON object of endpoint names and their keys") from error
    for endpoint, key in keys.items():
        try:
            long_enough = len(bytes.fromhex(key.master_secret)) >= SECRET_BYTES_MIN
            for one in (key.device_id, key.server_id, key.master_salt):
                bytes.fromhex(one)
        except ValueError:
            long_enough = False
        if not long_enough:
            raise KeyRingError(f"the key of {endpoint} is not hexadecimal, or too short")
    identifiers = [key.device_id.lower() for key in keys.values()]
    if len(set(identifiers)) < len(identifiers):
        raise KeyRingError("two endpoints have the same device_id")
    return keys


class Protection(CanProtect, CanUnprotect, SecurityContextUtils):  # type: ignore[misc]
    """The security context of one endpoint.

    Numbers for what we send belong to an epoch of the store, so that none is used twice. What the
    device sent before a restart of ours is told from a repetition by asking it to echo (RFC 8613,
    appendix B.1.2).
    """

    def __init__(self, endpoint: str, key: EndpointKey) -> None:
        self.endpoint = endpoint
        self.authenticated_claims = [endpoint]
        self.alg_aead = algorithms[DEFAULT_ALGORITHM]
        self.hashfun = hashfunctions[DEFAULT_HASHFUNCTION]
        self.id_context = None
        self.sender_id = bytes.fromhex(key.server_id)
        self.recipient_id = bytes.fromhex(key.device_id)
        self.derive_keys(bytes.fromhex(key.master_salt), bytes.fromhex(key.master_secret))
        self.recipient_replay_window = ReplayWindow(DEFAULT_WINDOWSIZE, lambda: None)
        self.echo_recovery = secrets.token_bytes(8)
        self.sender_sequence_number = 0
        self._numbers: deque[range] = deque()

    @property
    def numbers_left(self) -> int:
        """How many messages can be protected before another epoch must be granted."""
        return sum(len(numbers) for numbers in self._numbers)

    def grant(self, epoch: int) -> None:
        """Use the numbers of an epoch the store has given, and gives to nobody else."""
        first = epoch * EPOCH_NUMBERS
        self._numbers.append(range(first, first + EPOCH_NUMBERS))

    def new_sequence_number(self) -> int:
        if not self._numbers:
            raise ContextUnavailable(f"no number is left to protect a message to {self.endpoint}")
        numbers = self._numbers.popleft()
        if len(numbers) > 1:
            self._numbers.appendleft(numbers[1:])
        self.sender_sequence_number = numbers[0] + 1
        return numbers[0]

    def post_seqnoincrease(self) -> None:
        """Nothing: numbers are the store's before they are used."""


class KeyRing(dict[str, Any]):
    """Protections by endpoint, found by the identifier in a message, as aiocoap asks for them."""

    def __init__(self, keys: Mapping[str, EndpointKey]) -> None:
        super().__init__({name: Protection(name, key) for name, key in keys.items()})
        self._by_identifier = {one.recipient_id: one for one in self.values()}

    def find_oscore(self, unprotected: Mapping[int, bytes]) -> Protection:
        """The protection of a message; raises `KeyError`."""
        found: Protection = self._by_identifier[unprotected[COSE_KID]]
        return found

    def protections(self) -> Iterable[Protection]:
        """All of them."""
        return self.values()
