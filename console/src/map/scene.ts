/** Small translations between our things and the map's: bounds, features, what was clicked. */
import type { Map as GlMap, PointLike } from "maplibre-gl";
import type { Cabinet } from "../api/types";

export interface Camera {
  lonDeg: number;
  latDeg: number;
  zoom: number;
}

export type Picked =
  | { kind: "light_point"; id: string; lon_deg: number; lat_deg: number }
  | { kind: "cabinet"; id: string; lon_deg: number; lat_deg: number }
  | { kind: "gateway"; id: string; lon_deg: number; lat_deg: number }
  | { kind: "cluster"; lon_deg: number; lat_deg: number };

/** A click this far from a light, in pixels, still means it. */
const REACH_PX = 9;

/** Lone far-away places do not shrink the first view: the middle 96 % is shown. */
const OUTLIERS = 0.02;

export function boundsOf(
  places: readonly { lon_deg: number; lat_deg: number }[],
): [number, number, number, number] | undefined {
  if (places.length === 0) return undefined;
  const range = (values: number[]): [number, number] => {
    const sorted = values.sort((a, b) => a - b);
    const cut = Math.floor(sorted.length * OUTLIERS);
    return [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
  };
  const [west, east] = range(places.map((one) => one.lon_deg));
  const [south, north] = range(places.map((one) => one.lat_deg));
  return [west, south, east, north];
}

export function cabinetsAsGeoJson(cabinets: readonly Cabinet[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: cabinets.map((one) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [one.lon_deg, one.lat_deg] },
      properties: { id: one.id, code: one.code },
    })),
  };
}

export function pointAsGeoJson(
  point: { lon_deg: number; lat_deg: number } | undefined,
): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] =
    point === undefined
      ? []
      : [
          {
            type: "Feature",
            geometry: { type: "Point", coordinates: [point.lon_deg, point.lat_deg] },
            properties: {},
          },
        ];
  return { type: "FeatureCollection", features };
}

const PICKABLE = ["fault", "core", "off", "unknown", "agree", "differ", "cabinet", "cluster", "gateway"];

/** The nearest thing under the pointer. */
export function pick(map: GlMap, point: { x: number; y: number }): Picked | undefined {
  const box: [PointLike, PointLike] = [
    [point.x - REACH_PX, point.y - REACH_PX],
    [point.x + REACH_PX, point.y + REACH_PX],
  ];
  const layers = PICKABLE.filter((id) => map.getLayer(id));
  let best: { distance: number; picked: Picked } | undefined;
  for (const feature of map.queryRenderedFeatures(box, { layers })) {
    if (feature.geometry.type !== "Point") continue;
    const [lon_deg, lat_deg] = feature.geometry.coordinates as [number, number];
    const at = map.project([lon_deg, lat_deg]);
    const distance = Math.hypot(at.x - point.x, at.y - point.y);
    if (best !== undefined && best.distance <= distance) continue;
    const place = { lon_deg, lat_deg };
    const id = String(feature.properties.id);
    if (feature.layer.id === "gateway") return { kind: "gateway", id, ...place };
    if (feature.layer.id === "cluster") best = { distance, picked: { kind: "cluster", ...place } };
    else if (feature.layer.id === "cabinet") best = { distance, picked: { kind: "cabinet", id, ...place } };
    else best = { distance, picked: { kind: "light_point", id, ...place } };
  }
  return best?.picked;
}

export function cameraFrom(text: string): Camera | undefined {
  const [lonDeg, latDeg, zoom] = text.split(",").map(Number);
  return [lonDeg, latDeg, zoom].every(Number.isFinite)
    ? { lonDeg: lonDeg!, latDeg: latDeg!, zoom: zoom! }
    : undefined;
}

export const cameraText = (camera: Camera): string =>
  `${camera.lonDeg.toFixed(5)},${camera.latDeg.toFixed(5)},${camera.zoom.toFixed(2)}`;
