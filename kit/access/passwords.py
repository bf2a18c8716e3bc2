"""Passwords: argon2id, hashed in a thread because one hash takes about a tenth of a second."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from kit.errors import InvalidInputError

PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 200
_hasher = PasswordHasher()


def check_password_rules(password: str) -> None:
    """Refuse a password that is too short, or absurdly long."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise InvalidInputError(
            f"a password has {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters; "
            "choose another one"
        )


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return await asyncio.to_thread(_hasher.hash, password)


@lru_cache(maxsize=1)
def _nobody_hash() -> str:
    return _hasher.hash("nobody has this password")


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _nobody_hash(), password) and bool(password_hash)
    except (VerifyMismatchError, InvalidHashError):
        return False


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown account as for a known one."""
    return await asyncio.to_thread(_verify, password_hash, password)
