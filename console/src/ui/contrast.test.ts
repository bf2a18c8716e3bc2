import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([a-z-]+):\s*light-dark\((#\w+),\s*(#\w+)\)/g)].map(([, name, day, night]) => [
    name!,
    { day: day!, night: night! },
  ]),
);

function luminance(hex: string): number {
  const linear = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for what a control or a shape needs to be seen by (1.4.11). */
const TEXT = 4.5;
const SHAPE = 3;
const GROUNDS = ["ground", "surface", "raised", "sunken", "hover", "selected"];
const texts = ["ink", "ink-quiet", "ink-faint", "accent", "fault", "danger", "late", "cold", "amber"];

const pairs: [front: string, back: string, least: number][] = [
  ...texts.flatMap((text) => GROUNDS.map((ground): [string, string, number] => [text, ground, TEXT])),
  ["fault", "fault-soft", TEXT],
  ["danger", "danger-soft", TEXT],
  ["late", "late-soft", TEXT],
  ["cold", "cold-soft", TEXT],
  ["on-accent", "accent", TEXT],
  ["on-accent", "accent-hover", TEXT],
  ["map-label", "map-ground", TEXT],
  ["fault", "map-ground", SHAPE],
  ["cold", "map-ground", SHAPE],
  ["accent", "map-ground", SHAPE],
  ["map-off", "map-ground", SHAPE],
  ["chart-power", "surface", SHAPE],
  ...GROUNDS.map((ground): [string, string, number] => ["line-strong", ground, SHAPE]),
];

describe.each(["day", "night"] as const)("by %s", (theme) => {
  test.each(pairs)("%s is seen on %s", (front, back, least) => {
    expect(contrast(tokens.get(front)![theme], tokens.get(back)![theme])).toBeGreaterThanOrEqual(least);
  });
});
