"""Cursor pages: stable under insertion, bounded in size, opaque to the client."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Depends, Query
from pydantic import BaseModel

from kit.errors import InvalidInputError

PAGE_SIZE_MAX = 200
PAGE_SIZE_DEFAULT = 50
T = TypeVar("T")
Row = TypeVar("Row")


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque cursor from the sort keys of the last row of a page."""
    return urlsafe_b64encode(msgspec.json.encode(list(values))).decode().rstrip("=")


def decode_cursor(cursor: str, types: type[Any]) -> Any:
    """The sort keys inside a cursor, as `types` (for example `tuple[datetime, UUID]`)."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(text, type=types)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise InvalidInputError(
            "this cursor is not one of ours; start again without a cursor"
        ) from error


class PageRequest(BaseModel):
    """Which page is asked for."""

    cursor: str | None = None
    limit: int = PAGE_SIZE_DEFAULT

    def after(self, types: type[Any]) -> Any | None:
        """The sort keys to continue after, or None on the first page."""
        return None if self.cursor is None else decode_cursor(self.cursor, types)


def _page_request(
    cursor: Annotated[
        str | None, Query(description="next_cursor of the page before", max_length=500)
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE_DEFAULT,
) -> PageRequest:
    return PageRequest(cursor=cursor, limit=limit)


PageQuery = Annotated[PageRequest, Depends(_page_request)]


def page_of(
    rows: Sequence[Row],
    page: PageRequest,
    key: Callable[[Row], Sequence[Any]],
    shape: Callable[[Row], T],
) -> Page[T]:
    """A page from `limit + 1` rows: the extra row only tells that there is more."""
    kept = rows[: page.limit]
    more = len(rows) > page.limit
    return Page(
        items=[shape(row) for row in kept],
        next_cursor=encode_cursor(key(kept[-1])) if more else None,
    )
