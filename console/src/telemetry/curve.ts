/** A measured quantity as a curve: quantities arrive at instants of their own, silence cuts the line. */
import type { Series } from "../api/types";

export interface Curve {
  at: number[];
  values: (number | null)[];
}

const seconds = (at: string): number => Date.parse(at) / 1000;

/** Instants at which this quantity was told, with a break where nothing was heard for too long. */
export function curveOf(series: Series, values: readonly (number | null)[]): Curve {
  const points: [at: number, value: number | null][] = [];
  series.at.forEach((at, index) => {
    const value = values[index];
    if (value !== null && value !== undefined) points.push([at, value]);
  });
  // Just after the last news, so that the line ends there and does not cross the silence.
  for (const gap of series.gaps) points.push([seconds(gap.from) + 1, null]);
  points.sort(([a], [b]) => a - b);
  return { at: points.map(([at]) => at), values: points.map(([, value]) => value) };
}

/** The last value told at or before an instant; undefined in a silence or before the first. */
export function valueAt(curve: Curve, second: number): number | undefined {
  const index = curve.at.findLastIndex((at) => at <= second);
  return curve.values[index] ?? undefined;
}
