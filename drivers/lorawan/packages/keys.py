"""Keys of a multicast group: what the server uses, and the same encrypted for one device.

Source: LoRa Alliance TS005-1.0.0, section 4. AES-128 on single blocks, as the specification says.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES = 16
_ROOT_FOR_APP_KEY = 0x20  # LoRaWAN 1.1, whose devices derive from their AppKey


def _encrypt(key: bytes, block: bytes) -> bytes:
    # One block, no chaining: the specification's own derivation.
    encryptor = Cipher(algorithms.AES128(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def _block(first: int, rest: bytes = b"") -> bytes:
    return bytes((first,)) + rest.ljust(KEY_BYTES - 1, b"\0")


def root_key(gen_app_key: bytes) -> bytes:
    """McRootKey of a LoRaWAN 1.0 device, from its GenAppKey."""
    return _encrypt(gen_app_key, _block(0))


def root_key_1_1(app_key: bytes) -> bytes:
    """McRootKey of a LoRaWAN 1.1 device, from its AppKey."""
    return _encrypt(app_key, _block(_ROOT_FOR_APP_KEY))


def transport_key(root: bytes) -> bytes:
    """McKEKey: wraps group keys for one device."""
    return _encrypt(root, _block(0))


def encrypted_group_key(transport: bytes, group_key: bytes) -> bytes:
    """McKey as it travels: decrypted, so that the device only needs to encrypt."""
    decryptor = Cipher(algorithms.AES128(transport), modes.ECB()).decryptor()
    return decryptor.update(group_key) + decryptor.finalize()


def app_session_key(group_key: bytes, address: str) -> bytes:
    """McAppSKey of a group at a multicast address (hexadecimal)."""
    return _encrypt(group_key, _block(1, bytes.fromhex(address)[::-1]))


def network_session_key(group_key: bytes, address: str) -> bytes:
    """McNwkSKey of a group at a multicast address (hexadecimal)."""
    return _encrypt(group_key, _block(2, bytes.fromhex(address)[::-1]))
