"""The lights as arrays: looked up by controller, changed one by one."""

import numpy as np

from lighting.faults.lights import NO_LIGHT, ROOM_MIN, Lights
from tests.lighting.faults.samples import light


def test_places_stay_while_the_arrays_grow() -> None:
    lights = Lights([light(key, rated_power_w=float(key)) for key in range(1, 2 * ROOM_MIN + 2)])
    places = lights.places([1, ROOM_MIN, 2 * ROOM_MIN + 1, 99_999])
    assert places.tolist()[-1] == NO_LIGHT
    assert lights.limits.rated_power_w[places[:3]].tolist() == [1.0, ROOM_MIN, 2 * ROOM_MIN + 1.0]
    assert lights.at(int(places[1])).controller_key == ROOM_MIN


def test_a_dropped_light_gives_its_place_to_the_next() -> None:
    lights = Lights([light(1), light(2)])
    place = int(lights.places([1])[0])
    lights.drop(1)
    lights.drop(1)
    assert [one.controller_key for one in lights] == [2]
    lights.put(light(3, rated_power_w=20.0))
    assert lights.places([1, 3]).tolist() == [NO_LIGHT, place]
    assert (len(lights), lights.limits.rated_power_w[place]) == (2, 20.0)


def test_a_changed_light_replaces_what_was_known() -> None:
    lights = Lights([light(1, rated_power_w=20.0)])
    lights.put(light(1, rated_power_w=None))
    assert len(lights) == 1
    assert np.isnan(lights.limits.rated_power_w[lights.places([1])]).all()
