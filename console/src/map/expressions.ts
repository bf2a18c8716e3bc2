/** Expressions of the map style: how a light's level and colour become size, opacity and hue. */
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FilterSpecification,
} from "maplibre-gl";
import { CCT_UNKNOWN_K, css, LIGHT_ANCHORS, type Rgb } from "./light";
import type { Palette } from "./palette";

export type LayerMode = "actual" | "planned" | "difference";
export type LightFilter = "all" | "lit" | "off" | "fault" | "stale" | "unknown";

export const POINTS_FROM_ZOOM = 12;
export const TILES = "light-points";

/** Below this difference, wanted and actual level agree. */
const AGREEMENT_PERCENT = 10;

export const get = (name: string): ExpressionSpecification => ["get", name];
/** A lamp known to be out gives no light, whatever level its controller reports. */
const SHINING: ExpressionSpecification = ["case", ["==", get("fault"), "lamp_failure"], 0, get("actual")];

export const level = (mode: LayerMode): ExpressionSpecification =>
  mode === "planned" ? get("desired") : SHINING;

export function byCct(
  theme: Palette["theme"],
  change: (rgb: Rgb) => Rgb = (rgb) => rgb,
): ExpressionSpecification {
  const stops = LIGHT_ANCHORS.flatMap((anchor) => [anchor.cctK, css(change(anchor[theme]))]);
  return [
    "interpolate",
    ["linear"],
    ["case", [">", ["to-number", get("cct_k"), 0], 0], get("cct_k"), CCT_UNKNOWN_K],
    ...stops,
  ] as ExpressionSpecification;
}

export const towardsWhite = ([r, g, b]: Rgb): Rgb => [
  r + (255 - r) * 0.72,
  g + (252 - g) * 0.72,
  b + (244 - b) * 0.72,
];

/** Eyes answer to the square root of light; the lowest level is still seen. */
export function strength(mode: LayerMode, low: number, high: number): ExpressionSpecification {
  const share: ExpressionSpecification = ["sqrt", ["/", ["max", ["to-number", level(mode), 0], 0], 100]];
  return ["+", low, ["*", high - low, share]];
}

/** A size by zoom level, times a factor that may depend on the light. */
export function zoomed(sizes: Record<number, number>, factor: ExpressionSpecification | number = 1) {
  const flat = Object.entries(sizes).flatMap(([zoom, size]) => [Number(zoom), ["*", size, factor]]);
  return [
    "interpolate",
    ["exponential", 1.6],
    ["zoom"],
    ...flat,
  ] as DataDrivenPropertyValueSpecification<number>;
}

export const DIFFERENCE: ExpressionSpecification = [
  "-",
  ["to-number", get("actual"), 0],
  ["to-number", get("desired"), 0],
];
export const COMPARABLE: ExpressionSpecification = [
  "all",
  [">=", get("actual"), 0],
  [">=", get("desired"), 0],
];
export const AGREES: ExpressionSpecification = ["<", ["abs", DIFFERENCE], AGREEMENT_PERCENT];

/** Which lights are drawn; `cabinetIds` undefined is every cabinet. */
export function filterOf(
  kind: LightFilter,
  cause: string,
  cabinetIds: readonly string[] | undefined,
): ExpressionSpecification {
  const parts: ExpressionSpecification[] = [];
  if (kind === "lit") parts.push([">", get("actual"), 0]);
  if (kind === "off") parts.push(["==", get("actual"), 0]);
  if (kind === "unknown") parts.push(["<", get("actual"), 0]);
  if (kind === "stale") parts.push(["==", get("stale"), true]);
  if (kind === "fault") parts.push(["!=", get("fault"), ""]);
  if (cause) parts.push(["==", get("fault"), cause]);
  if (cabinetIds) parts.push(["in", get("cabinet_id"), ["literal", [...cabinetIds]]]);
  return ["all", ...parts];
}

export const both = (...parts: ExpressionSpecification[]): FilterSpecification =>
  ["all", ...parts] as FilterSpecification;
