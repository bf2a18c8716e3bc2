"""What a counter counted, reading by reading."""

import numpy as np
import pytest

from lighting.energy import counters
from lighting.energy.counters import Curve, Link, Pace, Readings

MINUTE_MS = 60_000
SIXTY_WATTS = Pace(np.array([60 * 1.2 / 3_600_000] * 3), slack=10)


def one_device(*values: int, minutes: int = 15) -> Readings:
    count = len(values)
    return counters.in_order(
        np.zeros(count, dtype=np.int64),
        np.arange(count, dtype=np.int64) * minutes * MINUTE_MS,
        np.array(values, dtype=np.int64),
    )


def counted(readings: Readings) -> tuple[list[int], list[Link]]:
    kept = readings.without(counters.outliers(readings, SIXTY_WATTS))
    spans = counters.intervals(kept, SIXTY_WATTS)
    return spans.counted.tolist(), [Link(link) for link in spans.link.tolist()]


@pytest.mark.parametrize(
    ("values", "expected", "link"),
    [
        pytest.param((1000, 1015), 15, Link.COUNTED, id="an ordinary quarter-hour"),
        pytest.param((1000, 1000), 0, Link.COUNTED, id="dark"),
        pytest.param((1000, 1028), 28, Link.COUNTED, id="at the limit: 18 Wh and a slack of 10"),
        pytest.param((1000, 1029), 0, Link.REFUSED, id="one watt-hour beyond the limit"),
        pytest.param((2**32 - 5, 10), 15, Link.ROLLED_OVER, id="through the end of 32 bits"),
        pytest.param((2**24 - 5, 10), 15, Link.ROLLED_OVER, id="through the end of 24 bits"),
        pytest.param((1000, 12), 12, Link.RESET, id="started again: what it shows is counted"),
        pytest.param((1000, 900), 0, Link.REFUSED, id="fell to what it cannot have counted"),
        pytest.param((2**40, 15), 15, Link.RESET, id="a wide register that starts again"),
    ],
)
def test_two_readings_tell_what_was_counted(
    values: tuple[int, int], expected: int, link: Link
) -> None:
    assert counted(one_device(*values)) == ([expected], [link])


@pytest.mark.parametrize(
    "strange", [pytest.param(10**9, id="a spike"), pytest.param(3, id="a dip that looks reset")]
)
def test_one_reading_against_two_neighbours_that_agree_is_left_out(strange: int) -> None:
    assert counted(one_device(1000, 1010, strange, 1030, 1040))[0] == [10, 20, 10]


def test_two_counters_under_one_address_are_never_added_up() -> None:
    amounts, links = counted(one_device(1000, 900_000, 1010, 900_010, 1020, 900_020))
    assert sum(amounts) == 0
    assert set(links) == {Link.REFUSED}


def test_repetition_and_disorder_are_undone() -> None:
    at_ms = np.array([2, 0, 1, 0, 2, 2], dtype=np.int64) * 15 * MINUTE_MS
    values = np.array([1020, 1000, 1010, 1000, 1020, 1020], dtype=np.int64)
    shuffled = counters.in_order(np.zeros(6, dtype=np.int64), at_ms, values)
    assert shuffled.value.tolist() == [1000, 1010, 1020]


def test_a_silence_of_more_than_four_hundred_days_is_not_bridged() -> None:
    far = one_device(1000, 1010, minutes=401 * 24 * 60)
    assert counted(far) == ([0], [Link.REFUSED])


def test_devices_are_not_mixed() -> None:
    readings = counters.in_order(
        np.array([0, 1, 0, 1], dtype=np.int64),
        np.array([0, 0, 1, 1], dtype=np.int64) * 15 * MINUTE_MS,
        np.array([100, 5000, 110, 5007], dtype=np.int64),
    )
    spans = counters.intervals(readings, SIXTY_WATTS)
    assert spans.counted.tolist() == [10, 7]
    curve = Curve(spans, spans.counted)
    device = np.array([0, 1, 2])
    whole = curve.between(device, np.zeros(3, np.int64), np.full(3, 10**9))
    assert whole.tolist() == [10, 7, 0]


def test_parts_of_an_interval_add_up_to_it() -> None:
    spans = counters.intervals(one_device(1000, 1017), SIXTY_WATTS)
    curve = Curve(spans, spans.counted)
    cuts = np.array([0, 100_000, 299_999, 300_001, 555_555, 900_000])
    parts = curve.between(np.zeros(5, np.int64), cuts[:-1], cuts[1:])
    assert parts.sum() == 17
    assert (parts >= 0).all()
