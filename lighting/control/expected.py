"""The light a lamp ought to give at an instant, for the fault rules: what its controller confirmed.

A lamp is judged against the level its controller took, not against the calendar: an order lost on
the air is a matter of delivery, and must never look like a dead lamp (law 3 of the scenarios).
While a newer order is unanswered, nobody knows which of the two levels the lamp gives.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.ext.asyncio import AsyncSession

from lighting.control import repository
from lighting.control.plan import UNKNOWN_LEVEL

# After so long without any word of the new level, the reports in between speak for the old one.
UNANSWERED_MAX = timedelta(hours=2)


def confirmed_level(
    at: datetime,
    acknowledged: tuple[int | None, datetime | None],
    previous: tuple[int | None, datetime | None],
) -> int:
    """The level in force at `at` from the two last confirmations; -1 before both."""
    for level, since in (acknowledged, previous):
        if level is not None and since is not None and since <= at:
            return level
    return UNKNOWN_LEVEL


def is_unanswered(at: datetime, since: datetime | None) -> bool:
    """Whether at that instant an order made `since` was on its way without an answer."""
    return since is not None and since <= at < since + UNANSWERED_MAX


async def expected_levels(
    session: AsyncSession, light_point_ids: Sequence[UUID], instants: Sequence[datetime]
) -> npt.NDArray[np.int16]:
    """The expected level of each (light point, instant); -1 where nobody can know."""
    ids = sorted(set(light_point_ids))
    unanswered = await repository.unanswered_since(session, ids)
    known = {
        row["light_point_id"]: (
            (row["acknowledged_level_percent"], row["acknowledged_at"]),
            (row["previous_level_percent"], row["previous_at"]),
        )
        for row in await repository.levels_of(session, ids)
    }
    nothing = ((None, None), (None, None))
    return np.array(
        [
            UNKNOWN_LEVEL
            if is_unanswered(at, unanswered.get(light_point_id))
            else confirmed_level(at, *known.get(light_point_id, nothing))
            for light_point_id, at in zip(light_point_ids, instants, strict=True)
        ],
        dtype=np.int16,
    )
