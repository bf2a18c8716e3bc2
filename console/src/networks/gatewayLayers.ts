/** Gateways over the lights: the ground each covers, where it stands, what it is called. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "../map/palette";
import { OVERLAY } from "../map/style";

/** Under it the lights are still seen, but no longer shine. */
const VEIL = 0.62;

const isChosen: ExpressionSpecification = ["boolean", ["get", "isChosen"], false];
const chosenOr = (chosen: number, other: number): ExpressionSpecification => [
  "case",
  isChosen,
  chosen,
  other,
];

export function gatewayLayers(palette: Palette): LayerSpecification[] {
  const cells = ["==", ["geometry-type"], "Polygon"] as ExpressionSpecification;
  const sites = ["==", ["geometry-type"], "Point"] as ExpressionSpecification;
  return [
    {
      id: "veil",
      type: "background",
      paint: { "background-color": palette.ground, "background-opacity": VEIL },
    },
    {
      id: "cell",
      type: "fill",
      source: OVERLAY,
      filter: cells,
      paint: { "fill-color": palette.cold, "fill-opacity": chosenOr(0.26, 0.08) },
    },
    {
      id: "cell-edge",
      type: "line",
      source: OVERLAY,
      filter: cells,
      paint: {
        "line-color": palette.cold,
        "line-width": chosenOr(2, 1),
        "line-opacity": chosenOr(1, 0.55),
      },
    },
    {
      id: "gateway",
      type: "circle",
      source: OVERLAY,
      filter: sites,
      paint: {
        "circle-radius": chosenOr(9, 7),
        "circle-color": ["case", isChosen, palette.accent, palette.surface],
        "circle-stroke-width": 2.5,
        "circle-stroke-color": palette.accent,
      },
    },
    {
      id: "gateway-name",
      type: "symbol",
      source: OVERLAY,
      filter: sites,
      layout: {
        "text-field": ["get", "name"],
        "text-font": ["Archivo"],
        "text-size": 12,
        "text-offset": [0, 1.1],
        "text-anchor": "top",
        "text-max-width": 14,
        "text-optional": true,
      },
      paint: { "text-color": palette.ink, "text-halo-color": palette.ground, "text-halo-width": 1.8 },
    },
  ];
}
