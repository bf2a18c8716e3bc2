"""Access tokens: signed JWT (HS256), short-lived; they name the user, roles are read each time."""

from datetime import timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from kit.clock import Clock, SystemClock
from kit.errors import UnauthorisedError

KEY_LENGTH_MIN = 32
ISSUER = "reverbere"


class Tokens:
    """Makes and reads access tokens with one key.

    Tokens live in real time: the accelerated clock of a demo must not expire a session.
    """

    def __init__(self, key: str, lifetime: timedelta, clock: Clock | None = None) -> None:
        if len(key) < KEY_LENGTH_MIN:
            raise ValueError(
                f"REVERBERE_SECURITY__TOKEN_KEY must have at least {KEY_LENGTH_MIN} characters; "
                "make one with: openssl rand -base64 48"
            )
        self._key = OctKey.import_key(key)
        self._clock = clock or SystemClock()
        self.lifetime = lifetime

    def issue(self, user_id: UUID) -> str:
        """A token for the user, good from now for the configured lifetime."""
        now = self._clock.now()
        claims = {
            "iss": ISSUER,
            "sub": str(user_id),
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def read(self, token: str) -> UUID:
        """The user a token names; refuses a forged, foreign or expired one."""
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
            expires_at, issuer, subject = claims["exp"], claims["iss"], UUID(claims["sub"])
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise UnauthorisedError("this access token is not valid; sign in again") from error
        if (
            issuer != ISSUER
            or not isinstance(expires_at, int)
            or self._clock.now().timestamp() >= expires_at
        ):
            raise UnauthorisedError("this access token has expired; sign in again")
        return subject
