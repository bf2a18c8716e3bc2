"""The luminaires of the demonstration, as data, and which lantern has which."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import yaml

from lighting.registry.equipment.model import NewLuminaireType
from lighting.registry.model import LampTechnology

FILE = Path(__file__).parent / "catalogue.yaml"
# Kinds that the inventory leaves blank or names once are taken for lanterns.
COMMON_KIND = "LANTERNE"


class CatalogueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One luminaire for one kind of lantern."""

    kind: str
    share: int
    model: str
    rated_power_w: float
    flux_lm: float
    cct_k: int
    height_m: float | None


class SolarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The luminaire on sun and battery."""

    model: str
    rated_power_w: float
    flux_lm: float
    cct_k: int
    battery_capacity_wh: float
    panel_peak_w: float


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of them, with what they share."""

    maker: str
    types: tuple[CatalogueEntry, ...]
    solar: SolarEntry
    standby_power_w: float
    level_min_percent: int
    upward_light_percent: float
    cie_flux_code_3: int
    l80_hours: int
    warranty_years: int

    def luminaire_types(self) -> Sequence[NewLuminaireType]:
        """The entries as the registry's catalogue takes them."""
        return [*map(self._type, self.types), self._solar_type()]

    def _type(self, entry: CatalogueEntry | SolarEntry) -> NewLuminaireType:
        return NewLuminaireType(
            maker=self.maker,
            model=entry.model,
            lamp_technology=LampTechnology.LED,
            rated_power_w=entry.rated_power_w,
            gear_loss_w=0.0,
            standby_power_w=self.standby_power_w,
            flux_lm=entry.flux_lm,
            cct_k=entry.cct_k,
            upward_light_percent=self.upward_light_percent,
            cie_flux_code_3=self.cie_flux_code_3,
            level_min_percent=self.level_min_percent,
            l80_hours=self.l80_hours,
            warranty_years=self.warranty_years,
        )

    def _solar_type(self) -> NewLuminaireType:
        return replace(
            self._type(self.solar),
            battery_capacity_wh=self.solar.battery_capacity_wh,
            panel_peak_w=self.solar.panel_peak_w,
        )

    def choose(self, kinds: Sequence[str], random: np.random.Generator) -> list[CatalogueEntry]:
        """A luminaire for each lantern, by its kind and the shares."""
        known = {entry.kind for entry in self.types}
        return [
            _drawn([entry for entry in self.types if entry.kind == kind], float(draw))
            for kind, draw in (
                (kind if kind in known else COMMON_KIND, draw)
                for kind, draw in zip(kinds, random.random(len(kinds)), strict=True)
            )
        ]


def _drawn(entries: Sequence[CatalogueEntry], draw: float) -> CatalogueEntry:
    """The entry whose stretch of shares holds `draw` (0 to 1)."""
    bounds = np.cumsum([entry.share for entry in entries])
    return entries[int(np.searchsorted(bounds, draw * bounds[-1], side="right"))]


@cache
def catalogue() -> Catalogue:
    """The catalogue of the demonstration."""
    return msgspec.convert(yaml.safe_load(FILE.read_text("utf-8")), Catalogue)
