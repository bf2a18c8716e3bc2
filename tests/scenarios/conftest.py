"""What scenarios share: identifiers that are the same in each run.

They decide in which order orders leave and frames arrive, and so what the seeded air loses: a seed
that failed must fail again.
"""

from itertools import count
from uuid import UUID
from zlib import crc32

import pytest


@pytest.fixture(autouse=True)
def pinned_ids(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """UUIDv7 by counting; each test counts in a range of its own."""
    head = (crc32(request.node.name.encode()) << 96) | (0x7 << 76) | (0b10 << 62)
    numbers = count(1)
    monkeypatch.setattr("kit.ids.uuid7", lambda: UUID(int=head | next(numbers)))
