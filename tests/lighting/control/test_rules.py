"""Who wins, when to try again, what may leave now."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidInputError
from kit.ids import new_id
from lighting.control.expected import confirmed_level
from lighting.control.model import COMMAND_DURATION_MAX, Order, Priority, Target
from lighting.control.rules import (
    RETRY_FIRST,
    RETRY_MAX,
    ActiveCommand,
    check_target,
    command_end,
    desired_level,
    pace,
    retry_after,
)

AT = datetime(2026, 11, 21, 20, tzinfo=UTC)


def command(level_percent: int, priority: Priority, minutes_ago: int) -> ActiveCommand:
    return ActiveCommand(
        new_id(), level_percent, int(priority), AT - timedelta(minutes=minutes_ago)
    )


def test_without_a_command_the_schedule_holds() -> None:
    level = desired_level(40, [])
    assert level is not None
    assert (level.level_percent, level.reason) == (40, "schedule")


def test_without_schedule_and_command_nothing_is_wanted() -> None:
    assert desired_level(None, []) is None


@pytest.mark.parametrize(
    ("commands", "wins"),
    [
        pytest.param(
            [command(100, Priority.EMERGENCY, 60), command(0, Priority.MAINTENANCE, 1)],
            100,
            id="an older emergency beats newer maintenance",
        ),
        pytest.param(
            [command(30, Priority.EVENT, 60), command(70, Priority.EVENT, 1)],
            70,
            id="among equals the newest holds",
        ),
    ],
)
def test_one_command_wins(commands: list[ActiveCommand], wins: int) -> None:
    level = desired_level(10, commands)
    assert level is not None
    assert level.level_percent == wins
    assert level.reason.startswith("command:")


@given(st.permutations([command(10 * n, p, n) for n, p in enumerate(Priority)]))
def test_the_order_of_commands_does_not_matter(commands: list[ActiveCommand]) -> None:
    level = desired_level(None, commands)
    assert level is not None
    assert level.level_percent == 40


def test_retries_grow_and_stop_growing() -> None:
    pauses = [retry_after(attempts) for attempts in range(1, 60)]
    assert pauses[0] == RETRY_FIRST
    assert pauses == sorted(pauses)
    assert pauses[-1] == RETRY_MAX


def order(gateway: str, network: str = "chirpstack:1") -> Order:
    return Order(new_id(), 1, "ab", network, "nas/ul20xx", gateway, 50, 0, AT)


def test_each_gateway_sends_at_its_own_pace() -> None:
    orders = [order("north")] * 30 + [order("south")] * 3
    leaving = pace(orders, timedelta(seconds=2))
    assert [one.gateway for one in leaving] == ["north"] * 8 + ["south"] * 3


def test_even_a_short_moment_lets_one_order_leave() -> None:
    assert len(pace([order("north")] * 5, timedelta(milliseconds=10))) == 1


def test_a_server_of_cellular_devices_takes_more_than_a_bus_or_a_radio_gateway() -> None:
    second = timedelta(seconds=1)
    taken = {
        network: len(pace([order(network, network)] * 1000, second))
        for network in ("lwm2m:quai", "modbus:gare", "chirpstack:1")
    }
    assert taken == {"lwm2m:quai": 300, "modbus:gare": 8, "chirpstack:1": 4}


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(Target(), id="nothing named"),
        pytest.param(Target(cabinet_id=UUID(int=1), organisation_id=UUID(int=2)), id="two ways"),
    ],
)
def test_a_target_names_its_lights_in_one_way(target: Target) -> None:
    with pytest.raises(InvalidInputError, match="exactly one way"):
        check_target(target)


@pytest.mark.parametrize(
    ("expires_at", "duration"),
    [
        pytest.param(None, None, id="no end"),
        pytest.param(AT + timedelta(hours=1), timedelta(hours=1), id="two ends"),
        pytest.param(AT, None, id="ends now"),
        pytest.param(None, COMMAND_DURATION_MAX + timedelta(seconds=1), id="too far"),
    ],
)
def test_a_command_ends_soon_enough(
    expires_at: datetime | None, duration: timedelta | None
) -> None:
    with pytest.raises(InvalidInputError):
        command_end(AT, expires_at, duration)


EARLIER, LATER = AT - timedelta(hours=3), AT - timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "level"),
    [
        pytest.param(AT, 40, id="after the last confirmation"),
        pytest.param(LATER, 40, id="at the confirmation"),
        pytest.param(AT - timedelta(hours=2), 100, id="a late reading is judged by its moment"),
        pytest.param(AT - timedelta(hours=4), -1, id="before both nobody knows"),
    ],
)
def test_a_lamp_is_judged_by_what_its_controller_confirmed(at: datetime, level: int) -> None:
    assert confirmed_level(at, (40, LATER), (100, EARLIER)) == level


def test_a_light_that_never_confirmed_is_unknown() -> None:
    assert confirmed_level(AT, (None, None), (None, None)) == -1
