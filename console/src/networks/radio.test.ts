import { expect, test } from "vitest";
import type { GatewayHeard } from "../api/types";
import {
  cellRing,
  gatewaysAsGeoJson,
  isNearLimit,
  loadPercents,
  placesOf,
  reception,
  usedPercent,
} from "./radio";

const gateway = (address: string, values: Partial<GatewayHeard> = {}): GatewayHeard => ({
  address,
  name: null,
  is_sited: true,
  lon_deg: 5,
  lat_deg: 47,
  controller_count: 10,
  heard_count: 10,
  reach_m: 500,
  last_seen_at: "2026-11-20T20:00:00Z",
  rssi_median_dbm: -90,
  snr_median_db: 6,
  snr_min_db: -4,
  channels: [],
  ...values,
});

test.each([
  [8, "strong"],
  [5, "strong"],
  [0, "fair"],
  [-5, "fair"],
  [-9.5, "weak"],
  [null, undefined],
])("a median of %s dB is heard %s", (snr, heard) => {
  expect(reception(snr)).toBe(heard);
});

test("the load is shared out whole", () => {
  expect(loadPercents([gateway("a", { controller_count: 30 }), gateway("b")])).toEqual([75, 25]);
  expect(loadPercents([gateway("a", { controller_count: 0 })])).toEqual([0]);
});

test("a channel is near its limit before the law stops it", () => {
  expect(usedPercent({ used_ratio: 0.25 })).toBe(25);
  expect([0.79, 0.8, 1.2].map((used_ratio) => isNearLimit({ used_ratio }))).toEqual([false, true, true]);
});

test("a cell is a closed ring as far from its gateway as it reaches", () => {
  const ring = cellRing(gateway("a"))!;
  expect(ring[0]).toEqual(ring.at(-1));
  for (const [lon, lat] of ring) {
    const east = (lon - 5) * 111_320 * Math.cos((47 * Math.PI) / 180);
    expect(Math.hypot(east, (lat - 47) * 111_320)).toBeCloseTo(500, 6);
  }
});

test("what has no place is not drawn; what has no reach has no cell", () => {
  const found = [gateway("lost", { lon_deg: null }), gateway("near", { reach_m: 0 }), gateway("far")];
  const drawn = gatewaysAsGeoJson(found, "far").features;
  expect(drawn.map((one) => [one.properties!.id, one.geometry.type])).toEqual([
    ["near", "Point"],
    ["far", "Polygon"],
    ["far", "Point"],
  ]);
  expect(drawn.map((one) => one.properties!.isChosen)).toEqual([false, true, true]);
  expect(placesOf(found.slice(0, 2))).toEqual([{ lon_deg: 5, lat_deg: 47 }]);
});
