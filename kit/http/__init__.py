"""HTTP manners shared by every route: sessions, pages, problems, idempotency."""

from kit.http.dependencies import ClockDep, SessionDep
from kit.http.paging import Page, PageQuery, decode_cursor, encode_cursor, page_of

__all__ = [
    "ClockDep",
    "Page",
    "PageQuery",
    "SessionDep",
    "decode_cursor",
    "encode_cursor",
    "page_of",
]
