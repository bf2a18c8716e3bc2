/** What lies under and around the lights: quiet streets, far-away clusters, cabinets, plates. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { get, POINTS_FROM_ZOOM, TILES } from "./expressions";
import type { Palette } from "./palette";

export function streets(palette: Palette): LayerSpecification[] {
  const line = { type: "line", source: TILES, "source-layer": "circuits" } as const;
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const width = (low: number, high: number): ExpressionSpecification => [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    12,
    low,
    15,
    high / 3,
    19,
    high * 1.6,
  ];
  return [
    {
      ...line,
      id: "street-edge",
      layout,
      paint: { "line-color": palette.streetEdge, "line-width": width(1.4, 18) },
    },
    { ...line, id: "street", layout, paint: { "line-color": palette.street, "line-width": width(0.8, 15) } },
  ];
}

export function clusters(palette: Palette, onlyFaults: boolean): LayerSpecification[] {
  const base = { source: TILES, "source-layer": "clusters", maxzoom: POINTS_FROM_ZOOM } as const;
  const share: ExpressionSpecification = [
    "/",
    ["to-number", get("lit"), 0],
    ["max", ["to-number", get("count"), 1], 1],
  ];
  const size: ExpressionSpecification = ["sqrt", ["max", ["to-number", get("count"), 1], 1]];
  const someFault: ExpressionSpecification = [">", ["to-number", get("fault"), 0], 0];
  return [
    {
      ...base,
      id: "cluster-glow",
      type: "circle",
      paint: {
        "circle-color": palette.warm,
        "circle-radius": [
          "interpolate",
          ["linear"],
          ["zoom"],
          6,
          ["+", 6, ["*", 0.3, size]],
          12,
          ["+", 10, ["*", 1.5, size]],
        ],
        "circle-blur": 0.9,
        "circle-opacity": onlyFaults ? 0.04 : ["+", 0.06, ["*", 0.5, share]],
      },
    },
    {
      ...base,
      id: "cluster",
      type: "circle",
      paint: {
        "circle-color": palette.ground,
        "circle-opacity": 0.55,
        "circle-radius": ["+", 9, ["*", 0.26, size]],
        "circle-stroke-width": ["case", someFault, 2, 1],
        "circle-stroke-color": ["case", someFault, palette.fault, palette.off],
      },
    },
    {
      ...base,
      id: "cluster-count",
      type: "symbol",
      layout: {
        "text-field": ["number-format", onlyFaults ? get("fault") : get("count"), { locale: palette.locale }],
        "text-font": ["Archivo"],
        "text-size": 12,
        "text-allow-overlap": true,
      },
      paint: { "text-color": onlyFaults ? palette.fault : palette.ink },
    },
  ];
}

export function places(palette: Palette): LayerSpecification[] {
  const halo = { "text-halo-color": palette.ground, "text-halo-width": 1.6 };
  return [
    {
      id: "cabinet",
      type: "symbol",
      source: "cabinets",
      minzoom: 14,
      layout: {
        "icon-image": "cabinet",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 14, 0.55, 18, 1.1],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 15, get("code")],
        "text-font": ["Archivo"],
        "text-size": 12,
        "text-offset": [0, 1.3],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": palette.accent, ...halo },
    },
    {
      id: "code",
      type: "symbol",
      source: TILES,
      "source-layer": "light_points",
      minzoom: 17,
      layout: {
        "text-field": get("code"),
        "text-font": ["Archivo"],
        "text-size": 12,
        "text-offset": [0, 1.2],
        "text-anchor": "top",
        "text-optional": true,
      },
      paint: { "text-color": palette.label, ...halo },
    },
    {
      id: "chosen",
      type: "circle",
      source: "chosen",
      paint: {
        "circle-color": "transparent",
        "circle-radius": ["interpolate", ["exponential", 1.4], ["zoom"], 12, 9, 16, 16, 19, 28],
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": 2.5,
      },
    },
  ];
}
