"""The columns that follow from others and are stored beside them."""

from dataclasses import dataclass

import numpy as np

from lighting.registry.model import Place
from lighting.registry.web_map import tile_keys
from lighting.registry.words import fold, search_words


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from a light point's number, street and place."""

    tile_key: int
    street_folded: str
    search_words: str


def derived(code: str, street: str, place: Place) -> Derived:
    """The derived columns of one light point."""
    key = tile_keys(np.array([place.lon_deg]), np.array([place.lat_deg]))
    return Derived(int(key[0]), fold(street), search_words(code, street))
