/** Each light drawn as the light it gives; differences from the plan; faults as outlined shapes. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { CAUSES } from "../faults/marks";
import {
  AGREES,
  both,
  byCct,
  COMPARABLE,
  DIFFERENCE,
  get,
  level,
  POINTS_FROM_ZOOM,
  strength,
  TILES,
  towardsWhite,
  zoomed,
  type LayerMode,
} from "./expressions";
import type { Palette } from "./palette";

export function lights(
  palette: Palette,
  mode: LayerMode,
  shown: ExpressionSpecification,
): LayerSpecification[] {
  const isNight = palette.theme === "night";
  const base = {
    type: "circle",
    source: TILES,
    "source-layer": "light_points",
    minzoom: POINTS_FROM_ZOOM,
  } as const;
  const isLit = both(shown, [">", level(mode), 0]);
  // What gives no light stays in the background of a city, and is plain in a street.
  const faint: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 12, 0.4, 15, 0.65, 17, 1];
  const dimmer = isNight ? 1 : 0.5;
  const pool = (
    id: string,
    radius: Record<number, number>,
    opacity: Record<number, number>,
  ): LayerSpecification => ({
    ...base,
    id,
    filter: isLit,
    paint: {
      "circle-color": byCct(palette.theme),
      "circle-radius": zoomed(radius, strength(mode, 0.45, 1)),
      "circle-blur": 1,
      "circle-opacity": zoomed(opacity, ["*", dimmer, strength(mode, 0.35, 1)]),
    },
  });
  return [
    pool("pool", { 12: 4, 14: 11, 16: 30, 19: 110 }, { 12: 0.34, 14: 0.26, 16: 0.17, 19: 0.15 }),
    pool("halo", { 12: 2.4, 14: 5.5, 16: 12, 19: 34 }, { 12: 0.5, 14: 0.5, 16: 0.55, 19: 0.6 }),
    {
      ...base,
      id: "off",
      filter: both(shown, ["==", level(mode), 0]),
      paint: {
        "circle-color": "transparent",
        "circle-radius": zoomed({ 12: 0.8, 14: 1.8, 16: 4, 19: 8 }),
        "circle-stroke-color": palette.off,
        "circle-stroke-opacity": faint,
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 12, 0.5, 16, 1.4],
      },
    },
    {
      ...base,
      id: "core",
      filter: isLit,
      paint: {
        "circle-color": byCct(palette.theme, isNight ? towardsWhite : undefined),
        "circle-radius": zoomed({ 12: 1.1, 14: 2.2, 16: 4.6, 19: 10 }, strength(mode, 0.5, 1)),
        "circle-opacity": strength(mode, 0.55, 1),
        "circle-blur": isNight ? 0.35 : 0,
        "circle-stroke-color": isNight ? "transparent" : palette.ink,
        "circle-stroke-width": isNight ? 0 : 0.6,
      },
    },
    {
      id: "unknown",
      type: "symbol",
      source: TILES,
      "source-layer": "light_points",
      minzoom: 13,
      filter: both(shown, ["<", level(mode), 0]),
      layout: {
        "icon-image": "unknown",
        "icon-allow-overlap": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.25, 16, 0.6, 19, 1],
      },
      paint: { "icon-opacity": faint },
    },
  ];
}

export function differences(palette: Palette, shown: ExpressionSpecification): LayerSpecification[] {
  const base = {
    type: "circle",
    source: TILES,
    "source-layer": "light_points",
    minzoom: POINTS_FROM_ZOOM,
  } as const;
  const size: ExpressionSpecification = ["+", 0.5, ["/", ["abs", DIFFERENCE], 130]];
  const isDarker: ExpressionSpecification = ["<", DIFFERENCE, 0];
  return [
    {
      ...base,
      id: "agree",
      filter: both(shown, COMPARABLE, AGREES),
      paint: {
        "circle-color": palette.off,
        "circle-opacity": 0.7,
        "circle-radius": zoomed({ 12: 0.8, 14: 1.4, 16: 2.6, 19: 5 }),
      },
    },
    {
      ...base,
      id: "differ",
      filter: both(shown, COMPARABLE, ["!", AGREES]),
      paint: {
        "circle-color": ["case", isDarker, "transparent", palette.warm],
        "circle-stroke-color": ["case", isDarker, palette.cold, palette.warm],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 12, 1.4, 16, 3],
        "circle-radius": zoomed({ 12: 3.5, 14: 6, 16: 11, 19: 20 }, size),
      },
    },
  ];
}

export function faults(palette: Palette, shown: ExpressionSpecification): LayerSpecification {
  const known = ["in", get("fault"), ["literal", CAUSES]] as ExpressionSpecification;
  return {
    id: "fault",
    type: "symbol",
    source: TILES,
    "source-layer": "light_points",
    minzoom: POINTS_FROM_ZOOM,
    filter: both(shown, ["!=", get("fault"), ""]),
    layout: {
      "icon-image": ["case", known, ["concat", "fault-", get("fault")], "fault-other"],
      "icon-allow-overlap": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.42, 15, 0.8, 18, 1.05],
      "symbol-z-order": "source",
    },
    paint: { "icon-opacity": palette.theme === "night" ? 1 : 0.96 },
  };
}
