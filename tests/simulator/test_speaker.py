"""A street that was held up catches up at a pace the smallest broker takes."""

from datetime import UTC, datetime, timedelta

from simulator.city import City
from simulator.model import Lamp
from simulator.radio import PERFECT_AIR
from simulator.speaker import STEP_MAX, lived
from simulator.street import Rhythm, Street

AT = datetime(2026, 11, 21, 17, tzinfo=UTC)
LAMPS, EVERY = 500, timedelta(minutes=10)
AT_ONCE = 300


def test_a_long_pause_is_told_in_portions_and_whole() -> None:
    lamps = [Lamp(f"{n:016x}", "chirpstack:app", "gw", 60.0, 1.0, 43.6, 3.88) for n in range(LAMPS)]
    street = Street(City(lamps, AT), Rhythm(EVERY, EVERY), PERFECT_AIR)
    until = AT + timedelta(hours=2)
    portions = []
    while street.city.at < until:
        portions.append(len(list(lived(street, until, AT_ONCE))))
    per_step = 2 * LAMPS * STEP_MAX / EVERY
    assert sum(portions) == 2 * LAMPS * 12
    assert max(portions) < AT_ONCE + 2 * per_step
    assert len(portions) >= 2 * LAMPS * 12 / (AT_ONCE + 2 * per_step)
