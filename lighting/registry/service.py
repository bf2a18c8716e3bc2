"""What the registry does for the other folders; each use case lives in the folder of its noun."""

from lighting.registry.assets.service import names, search, tree
from lighting.registry.directory.model import ControllerRef, DirectoryChanges, TargetLight
from lighting.registry.directory.service import (
    changes_since,
    directory,
    revision,
    target_lights,
)
from lighting.registry.equipment.model import (
    NewController,
    NewLuminaire,
    NewLuminaireType,
    RegisteredController,
)
from lighting.registry.equipment.service import (
    controller,
    controller_called,
    controllers,
    create_controller,
    create_luminaire,
    create_luminaire_type,
    luminaire_types,
)
from lighting.registry.history.service import as_of, changes
from lighting.registry.installations.model import Choice
from lighting.registry.installations.service import install, remove, stays
from lighting.registry.light_points.model import (
    Box,
    LightPointFilter,
    LightPointView,
    NewLightPoint,
)
from lighting.registry.light_points.service import (
    change_light_point,
    create_light_point,
    light_point,
    light_points,
)
from lighting.registry.network.model import CabinetView, NewCabinet, NewCircuit
from lighting.registry.network.service import cabinet, cabinets, create_cabinet, create_circuit

__all__ = [
    "Box",
    "CabinetView",
    "Choice",
    "ControllerRef",
    "DirectoryChanges",
    "LightPointFilter",
    "LightPointView",
    "NewCabinet",
    "NewCircuit",
    "NewController",
    "NewLightPoint",
    "NewLuminaire",
    "NewLuminaireType",
    "RegisteredController",
    "TargetLight",
    "as_of",
    "cabinet",
    "cabinets",
    "change_light_point",
    "changes",
    "changes_since",
    "controller",
    "controller_called",
    "controllers",
    "create_cabinet",
    "create_circuit",
    "create_controller",
    "create_light_point",
    "create_luminaire",
    "create_luminaire_type",
    "directory",
    "install",
    "light_point",
    "light_points",
    "luminaire_types",
    "names",
    "remove",
    "revision",
    "search",
    "stays",
    "target_lights",
    "tree",
]
