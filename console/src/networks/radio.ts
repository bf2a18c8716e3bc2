/** How well a gateway hears, and the ground it covers. */
import type { GatewayHeard, RadioChannel } from "../api/types";

export type Reception = "strong" | "fair" | "weak";

/** Median signal to noise, dB. LoRa is still read 7.5 dB under the noise at spreading factor 7, and
    20 dB under it at 12 (SX1276 data sheet, table 13): from 5 dB up every factor has room to spare. */
const STRONG_FROM_DB = 5;
const WEAK_BELOW_DB = -5;

export function reception(snrMedianDb: number | null): Reception | undefined {
  if (snrMedianDb === null) return undefined;
  if (snrMedianDb >= STRONG_FROM_DB) return "strong";
  return snrMedianDb < WEAK_BELOW_DB ? "weak" : "fair";
}

/** Shares of the load, 0 to 100, in the order of the gateways. */
export function loadPercents(gateways: readonly Pick<GatewayHeard, "controller_count">[]): number[] {
  const whole = gateways.reduce((sum, one) => sum + one.controller_count, 0);
  return gateways.map((one) => (whole === 0 ? 0 : (100 * one.controller_count) / whole));
}

/** From here on orders soon have to wait for the air to be free. */
const NEAR_LIMIT_PERCENT = 80;

/** Of what the law grants in an hour, 0 to 100 and beyond. */
export const usedPercent = (channel: Pick<RadioChannel, "used_ratio">): number => 100 * channel.used_ratio;

export const isNearLimit = (channel: Pick<RadioChannel, "used_ratio">): boolean =>
  usedPercent(channel) >= NEAR_LIMIT_PERCENT;

const METRES_PER_DEG = 111_320;
const CORNERS = 48;

type Sited = Pick<GatewayHeard, "lon_deg" | "lat_deg" | "reach_m">;

/** The ground within reach, as a ring of corners; undefined where the place or the reach is not known. */
export function cellRing({ lon_deg, lat_deg, reach_m }: Sited): [number, number][] | undefined {
  if (lon_deg === null || lat_deg === null || !reach_m) return undefined;
  const latSpan = reach_m / METRES_PER_DEG;
  const lonSpan = latSpan / Math.cos((lat_deg * Math.PI) / 180);
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const angle = (2 * Math.PI * (corner % CORNERS)) / CORNERS;
    return [lon_deg + lonSpan * Math.cos(angle), lat_deg + latSpan * Math.sin(angle)];
  });
}

/** What a first view of the map must hold: every gateway and its cell. */
export function placesOf(gateways: readonly GatewayHeard[]): { lon_deg: number; lat_deg: number }[] {
  return gateways.flatMap((one) => {
    const ring = cellRing(one);
    if (ring) return ring.map(([lon_deg, lat_deg]) => ({ lon_deg, lat_deg }));
    return one.lon_deg === null || one.lat_deg === null
      ? []
      : [{ lon_deg: one.lon_deg, lat_deg: one.lat_deg }];
  });
}

/** Gateways and their cells for the map; only those that have a place. */
export function gatewaysAsGeoJson(
  gateways: readonly GatewayHeard[],
  chosen: string | undefined,
): GeoJSON.FeatureCollection {
  const features = gateways.flatMap((one): GeoJSON.Feature[] => {
    if (one.lon_deg === null || one.lat_deg === null) return [];
    const properties = { id: one.address, name: one.name || one.address, isChosen: one.address === chosen };
    const ring = cellRing(one);
    const cell: GeoJSON.Feature[] = ring
      ? [{ type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties }]
      : [];
    const point: GeoJSON.Point = { type: "Point", coordinates: [one.lon_deg, one.lat_deg] };
    return [...cell, { type: "Feature", geometry: point, properties }];
  });
  return { type: "FeatureCollection", features };
}
