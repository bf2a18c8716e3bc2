"""What the resources of an object hold: the type of each, as data.

Sources: OMA LwM2M registry, objects 3416 (2.0), 3417, 3418 (2.0), 3419 (1.1), 3420, 3421 (2.0),
3422 (uCIFI Alliance); OMA LightweightM2M TS Core 1.1, appendix E, objects 3 to 6.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

DEVICE = 3
CONNECTIVITY = 4
FIRMWARE = 5
LOCATION = 6
LAMP_CONTROLLER = 3416
LUMINAIRE_ASSET = 3417
ELECTRICAL_MONITOR = 3418
PHOTOCELL = 3419
COLOUR_LIGHT = 3420
METER = 3421
THREE_PHASE_METER = 3422

TIMESTAMP = 5518
"""When the values of an object instance were measured, in the device's own clock."""


class Kind(Enum):
    """The type of a resource."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TIME = "time"  # seconds since 1970
    OPAQUE = "opaque"


_RESOURCES: Mapping[int, Mapping[Kind, Sequence[int]]] = {
    DEVICE: {
        Kind.STRING: (0, 1, 2, 3, 14, 15, 16, 17, 18, 19),
        Kind.INTEGER: (6, 7, 8, 9, 10, 11, 20, 21),
        Kind.TIME: (13,),
    },
    CONNECTIVITY: {
        Kind.INTEGER: (0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 14),
        Kind.STRING: (4, 5, 7),
    },
    FIRMWARE: {
        Kind.OPAQUE: (0,),
        Kind.STRING: (1, 6, 7),
        Kind.INTEGER: (3, 5, 8, 9),
    },
    LOCATION: {Kind.FLOAT: (0, 1, 2, 3, 6), Kind.OPAQUE: (4,), Kind.TIME: (5,)},
    LAMP_CONTROLLER: {
        Kind.INTEGER: (
            *(1, 2, 3, 4, 6, 8, 13, 18, 20, 23, 26, 28, 32, 33, 35, 36, 37, 38, 39, 40, 41, 53),
            *(55, 63, 6042, 6049),
        ),
        Kind.BOOLEAN: (5, 7, 9, 10, 11, 12, 14, 22, 25, 29, 30, 31, 54),
        Kind.FLOAT: (15, 21, 42, 43, 44, 45, 46, 47, 48, 49, 52, 56, 62, 6050),
        Kind.TIME: (17, 34, 50, 51, TIMESTAMP),
        Kind.STRING: (58, 59, 60, 61),
    },
    LUMINAIRE_ASSET: {
        Kind.STRING: (1, 6, 13, 14),
        Kind.INTEGER: (2, 3, 4, 5, 9, 10, 11, 12),
        Kind.FLOAT: (7, 8),
    },
    ELECTRICAL_MONITOR: {
        Kind.FLOAT: (
            *(1, 2, 3, 4, 5, 6, 8, 10, 11, 13, 14, 16, 18, 20, 22, 24, 26, 27, 28, 29, 30, 31),
            *(32, 6050),
        ),
        Kind.BOOLEAN: (9, 12, 15, 17, 19, 21, 23, 25),
        Kind.INTEGER: (33, 34, 35, 6042, 6049),
        Kind.TIME: (TIMESTAMP,),
    },
    PHOTOCELL: {Kind.FLOAT: (1, 2, 6050), Kind.BOOLEAN: (3,), Kind.TIME: (TIMESTAMP,)},
    COLOUR_LIGHT: {Kind.STRING: (1,)},
    METER: {
        Kind.FLOAT: (*(1, 2, 4, 6, 7, 9, 11, 12, 13, 14, *range(16, 53), 54, 55, 56, 57, 6050),),
        Kind.BOOLEAN: (3, 5, 8, 10, 15, 53, 58),
        Kind.INTEGER: (6042, 6049),
        Kind.TIME: (TIMESTAMP,),
    },
    THREE_PHASE_METER: {
        Kind.FLOAT: (*range(1, 29), 31, 32, 33, 34, 39, 6050),
        Kind.INTEGER: (29, 30, 36, 37, 38, 6042, 6049),
        Kind.BOOLEAN: (35, 40, 41, 42),
        Kind.TIME: (TIMESTAMP,),
    },
}

_KINDS: Mapping[tuple[int, int], Kind] = {
    (object_id, resource_id): kind
    for object_id, kinds in _RESOURCES.items()
    for kind, resource_ids in kinds.items()
    for resource_id in resource_ids
}

OBJECTS: Sequence[int] = tuple(_RESOURCES)
"""The objects whose resources we can tell apart."""


def kind_of(object_id: int, resource_id: int) -> Kind | None:
    """The type of a resource; None when it is not one we know."""
    return _KINDS.get((object_id, resource_id))
