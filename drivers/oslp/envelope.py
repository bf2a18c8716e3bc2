"""OSLP's envelope: who speaks, in which order, signed.

    signature 128 | sequence number u16 | device identifier 12 | length u16 | message

The identifier is the maker's (2 bytes) and the device's (10). The signature covers all that follows
it: SHA-256 with ECDSA (its DER padded with zeros) or with RSA of 1024 bits.
Source: OSGP/open-smart-grid-platform, OslpEnvelope and OslpUtils.
"""

import struct
from typing import NamedTuple, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from drivers.errors import EncodeError, TruncatedFrameError

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

SIGNATURE_BYTES = 128
DEVICE_ID_BYTES = 12
MESSAGE_BYTES_MAX = 0xFFFF
_HEAD = struct.Struct(f">H{DEVICE_ID_BYTES}sH")
HEAD_BYTES = SIGNATURE_BYTES + _HEAD.size
_SHA256 = hashes.SHA256()


class KeyFormatError(ValueError):
    """A key that OSLP cannot use; the text never holds it."""


class Envelope(NamedTuple):
    """One envelope; `device_id` is 24 hexadecimal digits."""

    sequence_number: int
    device_id: str
    message: bytes
    signature: bytes = b""

    @property
    def signed(self) -> bytes:
        """The bytes the signature covers."""
        if len(self.message) > MESSAGE_BYTES_MAX:
            raise EncodeError(f"an OSLP message of {len(self.message)} bytes")
        device = bytes.fromhex(self.device_id)
        return _HEAD.pack(self.sequence_number, device, len(self.message)) + self.message


class Head(NamedTuple):
    """What comes before the message; `length` is the message's."""

    signature: bytes
    sequence_number: int
    device_id: str
    length: int


def read_head(octets: bytes) -> Head:
    """The head of an envelope; raises `DecodeError`."""
    if len(octets) < HEAD_BYTES:
        raise TruncatedFrameError("OSLP envelope", HEAD_BYTES, 0, len(octets))
    number, device, length = _HEAD.unpack_from(octets, SIGNATURE_BYTES)
    return Head(octets[:SIGNATURE_BYTES], number, device.hex(), length)


def write(envelope: Envelope, key: PrivateKey) -> bytes:
    """An envelope as it goes over the line, signed."""
    signed = envelope.signed
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(signed, padding.PKCS1v15(), _SHA256)
    else:
        signature = key.sign(signed, ec.ECDSA(_SHA256))
    return signature.ljust(SIGNATURE_BYTES, b"\0") + signed


def is_genuine(envelope: Envelope, key: PublicKey) -> bool:
    """Whether the holder of the key signed it."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(envelope.signature, envelope.signed, padding.PKCS1v15(), _SHA256)
        else:
            key.verify(_der(envelope.signature), envelope.signed, ec.ECDSA(_SHA256))
    except InvalidSignature:
        return False
    return True


def _der(padded: bytes) -> bytes:
    """The DER sequence without the zeros behind it; its second byte tells its length."""
    is_sequence = len(padded) > 1 and padded[0] == 0x30 and padded[1] < 0x80
    return padded[: 2 + padded[1]] if is_sequence else padded


def private_key(pem: str) -> PrivateKey:
    """A private key in PEM; raises `KeyFormatError`."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyFormatError("not a private key in PEM") from error
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size == SIGNATURE_BYTES * 8:
        return key
    raise KeyFormatError("OSLP signs with ECDSA, or with RSA of 1024 bits")


def public_key(pem: str) -> PublicKey:
    """A public key in PEM; raises `KeyFormatError`."""
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except ValueError as error:
        raise KeyFormatError("not a public key in PEM") from error
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == SIGNATURE_BYTES * 8:
        return key
    raise KeyFormatError("OSLP signs with ECDSA, or with RSA of 1024 bits")
