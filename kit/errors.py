"""What the domain refuses: a stable code for machines, one sentence for people.

The HTTP status is chosen once, in `kit.http.problems`, from the family a refusal belongs to.
"""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """Something the caller asked for that the domain refuses.

    Subclasses set `code` (stable, for machines) and `title` (short, for people); the detail says
    what to do about it. `extra` is added to the problem document as it is.
    """

    code = "domain_error"
    title = "The request was refused"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra


class InvalidInputError(DomainError):
    """The input is malformed: nothing was changed."""

    code = "invalid_input"
    title = "The input is not valid"


class UnauthorisedError(DomainError):
    """Nobody is signed in, or the token is no longer good."""

    code = "unauthorised"
    title = "Sign in first"


class ForbiddenError(DomainError):
    """The caller may see it, but not do this to it."""

    code = "forbidden"
    title = "This is not allowed"


class NotFoundError(DomainError):
    """There is no such thing, or the caller may not see it: the two are not told apart."""

    code = "not_found"
    title = "Not found"


class ConflictError(DomainError):
    """The thing is in a state that does not allow this."""

    code = "conflict"
    title = "This conflicts with the present state"


class TooManyError(DomainError):
    """A limit was reached; trying later helps."""

    code = "too_many"
    title = "Too many at once"


class UnavailableError(DomainError):
    """A part this needs is not there now; trying later helps."""

    code = "unavailable"
    title = "Not available now"
