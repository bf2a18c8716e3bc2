/** The map as a style: our own streets and lights on a plain ground, nothing from outside. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { filterOf, TILES, type LayerMode, type LightFilter } from "./expressions";
import { clusters, places, streets } from "./groundLayers";
import { differences, faults, lights } from "./lightLayers";
import type { Palette } from "./palette";
import { pointAsGeoJson } from "./scene";

export interface View {
  mode: LayerMode;
  filter: LightFilter;
  cause: string;
  /** Only lights fed by these; undefined is all. */
  cabinetIds?: readonly string[] | undefined;
}

/** Every light as it shines: what a picture beside a text shows. */
export const PLAIN_VIEW: View = { mode: "actual", filter: "all", cause: "" };

function layersOf(palette: Palette, view: View): LayerSpecification[] {
  const shown = filterOf(view.filter, view.cause, view.cabinetIds);
  const body = view.mode === "difference" ? differences(palette, shown) : lights(palette, view.mode, shown);
  const onlyFaults = view.filter === "fault" || view.cause !== "";
  return [
    { id: "ground", type: "background", paint: { "background-color": palette.ground } },
    ...streets(palette),
    ...clusters(palette, onlyFaults),
    ...body,
    ...places(palette),
    faults(palette, shown),
  ];
}

/** What a screen draws over the lights: its features, and how. The source is called `OVERLAY`. */
export interface Overlay {
  data: GeoJSON.FeatureCollection;
  layers: (palette: Palette) => LayerSpecification[];
}

export const OVERLAY = "overlay";

export function styleOf(
  palette: Palette,
  view: View,
  tiles: string,
  cabinets: GeoJSON.FeatureCollection,
  chosen: { lon_deg: number; lat_deg: number } | undefined,
  overlay: Overlay | undefined,
): StyleSpecification {
  return {
    version: 8,
    sources: {
      [TILES]: { type: "vector", tiles: [tiles], minzoom: 0, maxzoom: 16 },
      cabinets: { type: "geojson", data: cabinets },
      chosen: { type: "geojson", data: pointAsGeoJson(chosen) },
      ...(overlay && { [OVERLAY]: { type: "geojson", data: overlay.data } }),
    },
    layers: [...layersOf(palette, view), ...(overlay?.layers(palette) ?? [])],
  };
}
