import { expect, test } from "vitest";
import type { Series } from "../api/types";
import { curveOf, valueAt } from "./curve";

const HOUR = 3_600;
const series = {
  at: [0, HOUR, 2 * HOUR, 6 * HOUR],
  level_percent: [100, null, 70, 70],
  active_power_w: [null, 52, null, 36],
  gaps: [{ from: "1970-01-01T02:00:00Z", to: "1970-01-01T06:00:00Z" }],
} as unknown as Series;

test("a quantity told now and then is one line, cut by silence", () => {
  const level = curveOf(series, series.level_percent);
  expect(level.at).toEqual([0, 2 * HOUR, 2 * HOUR + 1, 6 * HOUR]);
  expect(level.values).toEqual([100, 70, null, 70]);
});

test("between two tellings the last one holds, in a silence nothing does", () => {
  const level = curveOf(series, series.level_percent);
  expect(valueAt(level, HOUR)).toBe(100);
  expect(valueAt(level, 3 * HOUR)).toBeUndefined();
  expect(valueAt(level, -1)).toBeUndefined();
});
