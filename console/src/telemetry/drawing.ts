/** What lies behind a measured curve: night shaded, expectation as a band, gaps shown as gaps. */
import type uPlot from "uplot";
import type { Series } from "../api/types";

export interface Inks {
  grid: string;
  text: string;
  night: string;
  band: string;
  bandEdge: string;
  gap: string;
  now: string;
  level: string;
  power: string;
}

/** Power inside this share of what is expected is no anomaly (POWER_LOW / POWER_HIGH of the fault taxonomy). */
export const TOLERATED = { low: 0.75, high: 1.3 } as const;

const seconds = (at: string): number => Date.parse(at) / 1000;

interface Box {
  context: CanvasRenderingContext2D;
  x: (second: number) => number;
  y: (value: number) => number;
  top: number;
  height: number;
}

function boxOf(chart: uPlot): Box {
  const { left, width, top, height } = chart.bbox;
  const clamp = (value: number) => Math.min(Math.max(value, left), left + width);
  const scale = chart.series[1]!.scale!;
  return {
    context: chart.ctx,
    x: (second) => clamp(chart.valToPos(second, "x", true)),
    y: (value) => Math.max(chart.valToPos(value, scale, true), top),
    top,
    height,
  };
}

export function drawNights(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, top, height } = boxOf(chart);
  context.fillStyle = inks.night;
  for (const night of shown.nights) {
    const [from, to] = [x(seconds(night.sunset_at)), x(seconds(night.sunrise_at))];
    context.fillRect(from, top, to - from, height);
  }
}

/** What is still to come is no gap: hatching stops at the present. */
export function drawGaps(chart: uPlot, shown: Series, now: Date, inks: Inks): void {
  const { context, x, top, height } = boxOf(chart);
  const step = 7 * devicePixelRatio;
  for (const gap of shown.gaps) {
    const [from, to] = [x(seconds(gap.from)), x(Math.min(seconds(gap.to), now.getTime() / 1000))];
    if (to - from < 2) continue;
    context.save();
    context.beginPath();
    context.rect(from, top, to - from, height);
    context.clip();
    context.strokeStyle = inks.gap;
    context.lineWidth = devicePixelRatio;
    context.beginPath();
    for (let at = from - height; at < to; at += step) {
      context.moveTo(at, top + height);
      context.lineTo(at + height, top);
    }
    context.stroke();
    context.restore();
  }
}

/** The level the programme wanted, as steps, each lasting until the next. */
export function drawExpectedLevel(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, y } = boxOf(chart);
  const end = chart.scales.x!.max!;
  const steps = shown.expected_level_percent;
  const floor = y(0);
  steps.forEach((step, index) => {
    const from = x(seconds(step.from));
    const to = x(index + 1 < steps.length ? seconds(steps[index + 1]!.from) : end);
    if (to <= from || step.level <= 0) return;
    context.fillStyle = inks.band;
    context.fillRect(from, y(step.level), to - from, floor - y(step.level));
    context.fillStyle = inks.bandEdge;
    context.fillRect(from, y(step.level) - devicePixelRatio, to - from, 2 * devicePixelRatio);
  });
}

/** The power that would be no anomaly, around what the level should draw: one shape per unbroken run. */
export function drawExpectedPower(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, y } = boxOf(chart);
  context.fillStyle = inks.band;
  for (const run of runsOf(shown)) {
    context.beginPath();
    run.forEach(({ at, w }, index) =>
      context[index === 0 ? "moveTo" : "lineTo"](x(at), y(w * TOLERATED.high)),
    );
    for (const { at, w } of run.toReversed()) context.lineTo(x(at), y(w * TOLERATED.low));
    context.fill();
  }
}

interface Expected {
  at: number;
  w: number;
}

function runsOf(shown: Series): Expected[][] {
  const runs: Expected[][] = [[]];
  shown.at.forEach((at, index) => {
    const w = shown.expected_power_w[index];
    if (w !== null && w !== undefined && w > 0) runs.at(-1)!.push({ at, w });
    else if (runs.at(-1)!.length > 0) runs.push([]);
  });
  return runs.filter((run) => run.length > 1);
}

export function drawNow(chart: uPlot, now: Date, inks: Inks): void {
  const { context, x, top, height } = boxOf(chart);
  const second = now.getTime() / 1000;
  if (second <= chart.scales.x!.min! || second >= chart.scales.x!.max!) return;
  context.fillStyle = inks.now;
  context.fillRect(x(second) - devicePixelRatio, top, 2 * devicePixelRatio, height);
}
