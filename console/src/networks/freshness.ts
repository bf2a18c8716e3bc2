/** When controllers were last heard, as parts of one bar. */
import type { NetworkNow } from "../api/types";

export const AGES = ["hour", "day", "week", "older", "never"] as const;
export type Age = (typeof AGES)[number];

export interface Part {
  age: Age;
  count: number;
  /** Of the whole bar, 0 to 100. */
  percent: number;
}

/** A part that is there is seen, however small. */
const SEEN_FROM_PERCENT = 0.8;

export function partsOfBar(freshness: NetworkNow["freshness"]): Part[] {
  const counts = AGES.map((age) => ({ age, count: freshness[`${age}_count`] }));
  const whole = counts.reduce((sum, one) => sum + one.count, 0);
  const there = counts.filter((one) => one.count > 0);
  const wide = there.map((one) => Math.max(SEEN_FROM_PERCENT, (100 * one.count) / whole));
  const sum = wide.reduce((total, one) => total + one, 0);
  return there.map((one, index) => ({ ...one, percent: (100 * wide[index]!) / sum }));
}
