import { expect, test } from "vitest";
import { partsOfBar } from "./freshness";

const none = { hour_count: 0, day_count: 0, week_count: 0, older_count: 0, never_count: 0 };

test("the bar has a part for every age that has somebody, and is full", () => {
  const parts = partsOfBar({ ...none, hour_count: 75, never_count: 25 });
  expect(parts.map((one) => [one.age, one.count])).toEqual([
    ["hour", 75],
    ["never", 25],
  ]);
  expect(parts.map((one) => one.percent)).toEqual([75, 25]);
});

test("one silent controller among ten thousand is still seen", () => {
  const parts = partsOfBar({ ...none, hour_count: 9_999, older_count: 1 });
  expect(parts[1]!.percent).toBeGreaterThan(0.5);
  expect(parts[0]!.percent + parts[1]!.percent).toBeCloseTo(100);
});

test("a network without controllers has an empty bar", () => {
  expect(partsOfBar(none)).toEqual([]);
});
