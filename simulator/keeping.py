"""Keeps a city in a file between two lives, so that its counters never go backwards."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from simulator.city import City
from simulator.model import Lamp, SeededFault


class CityFile(msgspec.Struct):
    """What is kept: the lamps, what their meters show, and the truth about their faults."""

    at: datetime
    seed: int
    lamps: Sequence[Lamp]
    level_percent: Sequence[int]
    energy_wh: Sequence[float]
    burning_s: Sequence[float]
    faults: Sequence[SeededFault]


class NoCityError(FileNotFoundError):
    """The file of the city is missing or cannot be read."""


def keep(city: City, seed: int, file: Path) -> None:
    """Write the city to `file`, whole or not at all."""
    content = CityFile(
        at=city.at,
        seed=seed,
        lamps=city.lamps,
        level_percent=city.level_percent.tolist(),
        energy_wh=city.energy_wh.tolist(),
        burning_s=city.burning_s.tolist(),
        faults=city.faults,
    )
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(content))
    fresh.replace(file)


def take_up(file: Path) -> tuple[City, int]:
    """The city as it was kept, and its seed."""
    try:
        content = msgspec.json.decode(file.read_bytes(), type=CityFile)
    except (OSError, msgspec.MsgspecError) as error:
        raise NoCityError(
            f"{file} does not hold a city ({error}); run 'reverbere demo' again"
        ) from error
    city = City(content.lamps, content.at, content.faults, content.seed)
    city.order_all(np.array(content.level_percent, dtype=np.int16))
    city.energy_wh[:] = content.energy_wh
    city.burning_s[:] = content.burning_s
    return city, content.seed
