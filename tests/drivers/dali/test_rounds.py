"""What falls due when, on a line of gear."""

from collections.abc import Mapping

from drivers.dali.model import Gear
from drivers.dali.ports import PORT_OF_BANK, Port
from drivers.dali.rounds import (
    SILENT_POLLS_MAX,
    Pace,
    Rounds,
    Task,
    periods_s,
)

D4I = (6, 50, 51, 52)
PACE = Pace()
ENERGY_PORT = PORT_OF_BANK[202]


def _periods(*gears: Gear) -> dict[int, Mapping[int, float]]:
    return {gear.address: periods_s(gear, PACE) for gear in gears}


def _asked(rounds: Rounds, until_s: float) -> list[tuple[float, Task]]:
    """All tasks up to an instant, each taken when it falls due."""
    asked: list[tuple[float, Task]] = []
    while (due_s := rounds.next_due_s()) is not None and due_s <= until_s:
        task = rounds.take(due_s)
        assert task is not None
        asked.append((due_s, task))
    return asked


def test_level_and_status_are_asked_often_energy_seldom_nameplates_daily() -> None:
    rounds = Rounds()
    rounds.set_tasks(_periods(Gear(5, D4I)), 0)
    day = _asked(rounds, 86_399)
    counts = {
        port: sum(task.port == port for _, task in day) for port in periods_s(Gear(5, D4I), PACE)
    }
    assert counts == {
        Port.STATE: 1440,
        PORT_OF_BANK[202]: 96,
        PORT_OF_BANK[204]: 24,
        PORT_OF_BANK[205]: 24,
        PORT_OF_BANK[206]: 24,
        PORT_OF_BANK[0]: 1,
        PORT_OF_BANK[1]: 1,
        PORT_OF_BANK[207]: 1,
    }


def test_plain_gear_is_not_asked_for_banks_it_has_not() -> None:
    assert set(periods_s(Gear(5, (6,)), PACE)) == {Port.STATE, PORT_OF_BANK[0]}


def test_the_states_of_all_come_before_the_energy_of_any() -> None:
    rounds = Rounds()
    rounds.set_tasks(_periods(*(Gear(n, D4I) for n in range(3))), 0)
    first = [task for _, task in _asked(rounds, 0)]
    assert [task.port for task in first[:3]] == [Port.STATE] * 3
    assert [task.port for task in first[3:6]] == [ENERGY_PORT] * 3


def test_nothing_is_due_before_its_time() -> None:
    rounds = Rounds()
    rounds.set_tasks(_periods(Gear(1)), 100)
    _asked(rounds, 100)
    assert rounds.take(100 + PACE.state_s - 1) is None
    assert rounds.take(100 + PACE.state_s) == Task(1, Port.STATE)


def test_what_was_ordered_is_looked_at_at_once() -> None:
    rounds = Rounds()
    rounds.set_tasks(_periods(Gear(1), Gear(2)), 0)
    _asked(rounds, 0)
    rounds.hurry([2], 10)
    assert rounds.take(10) == Task(2, Port.STATE)
    assert rounds.take(10) is None


def test_silent_gear_is_told_once_and_asked_less_often() -> None:
    rounds = Rounds()
    rounds.set_tasks(_periods(Gear(1)), 0)
    told = [rounds.note_silence(1) for _ in range(SILENT_POLLS_MAX + 2)]
    assert told == [n == SILENT_POLLS_MAX - 1 for n in range(SILENT_POLLS_MAX + 2)]
    _asked(rounds, 0)
    assert rounds.next_due_s() == PACE.silent_state_s
    assert rounds.note_answer(1)
    assert not rounds.note_answer(1)


def test_gear_that_is_gone_is_not_asked_any_more() -> None:
    rounds = Rounds()
    rounds.set_tasks(_periods(Gear(1), Gear(2)), 0)
    rounds.set_tasks(_periods(Gear(2)), 5)
    assert {task.address for _, task in _asked(rounds, PACE.energy_s)} == {2}
    rounds.set_tasks(_periods(), 6)
    assert rounds.next_due_s() is None
    assert rounds.take(7) is None
