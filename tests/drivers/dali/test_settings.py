"""Groups, scenes, fade and curve written to python-dali's gear, and read back."""

from collections.abc import Awaitable, Callable

import pytest

from drivers.dali import settings
from drivers.dali.bus import Line
from drivers.dali.curve import Curve
from drivers.dali.frames import BROADCAST, OrderOf, order_of
from drivers.errors import EncodeError, RefusedByDeviceError
from tests.peers.dali.gear import PeerGear, PeerLine
from tests.peers.dali.wires import Wires


def _line(gear: PeerGear) -> Line:
    return Line(Wires(PeerLine(gear)))


@pytest.mark.parametrize("number", [0, 7, 8, 15])
async def test_gear_joins_a_group_and_leaves_it(number: int) -> None:
    gear = PeerGear(5)
    line = _line(gear)
    await settings.join_group(line, 5, number)
    assert gear.groups == {number}
    await settings.leave_group(line, 5, number)
    assert gear.groups == set()


async def test_a_scene_is_kept_recalled_and_removed() -> None:
    gear = PeerGear(5)
    line = _line(gear)
    await settings.store_scene(line, 5, 4, 50, Curve.STANDARD)
    assert await settings.scene_percent(line, 5, 4, Curve.STANDARD) == pytest.approx(50.5, abs=0.1)
    await line.exchange([order_of(BROADCAST, OrderOf.GO_TO_SCENE, 4)])
    assert gear.level == 229
    await settings.store_scene(line, 5, 4, None, Curve.STANDARD)
    assert await settings.scene_percent(line, 5, 4, Curve.STANDARD) is None


async def test_fade_and_curve_are_kept() -> None:
    gear = PeerGear(5)
    line = _line(gear)
    await settings.set_fade(line, 5, time=4, rate=9)
    assert gear.fade == [4, 9]
    await settings.choose_curve(line, 5, Curve.LINEAR)
    assert gear.is_linear


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda line: settings.join_group(line, 9, 3), "group 3 of gear 9"),
        (lambda line: settings.store_scene(line, 9, 4, 50, Curve.STANDARD), "scene 4 of gear 9"),
        (lambda line: settings.set_fade(line, 9, time=1, rate=7), "fade of gear 9"),
        (lambda line: settings.choose_curve(line, 9, Curve.LINEAR), "dimming curve of gear 9"),
    ],
)
async def test_gear_that_does_not_answer_has_taken_nothing(
    write: Callable[[Line], Awaitable[None]], says: str
) -> None:
    with pytest.raises(
        RefusedByDeviceError, match=f"{says} was not taken: the gear answers nothing"
    ):
        await write(_line(PeerGear(5)))


@pytest.mark.parametrize(("time", "rate"), [(16, 1), (0, 0), (-1, 7), (0, 16)])
async def test_a_fade_out_of_range_is_not_written(time: int, rate: int) -> None:
    gear = PeerGear(5)
    with pytest.raises(EncodeError):
        await settings.set_fade(_line(gear), 5, time=time, rate=rate)
    assert gear.fade == [0, 7]
