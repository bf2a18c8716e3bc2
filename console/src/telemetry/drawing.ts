/** What lies behind a measured curve: night shaded, expectation as a band, gaps shown as gaps. */
import type uPlot from "uplot";
import type { Series } from "../api/types";

export interface Inks {
  ink: string;
  grid: string;
  text: string;
  night: string;
  band: string;
  bandEdge: string;
  gap: string;
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

function boxOf(chart: uPlot, scale: string): Box {
  const { left, width, top, height } = chart.bbox;
  const clamp = (value: number) => Math.min(Math.max(value, left), left + width);
  return {
    context: chart.ctx,
    x: (second) => clamp(chart.valToPos(second, "x", true)),
    y: (value) => chart.valToPos(value, scale, true),
    top,
    height,
  };
}

export function drawNights(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, top, height } = boxOf(chart, chart.series[1]!.scale!);
  context.fillStyle = inks.night;
  for (const night of shown.nights) {
    const [from, to] = [x(seconds(night.sunset_at)), x(seconds(night.sunrise_at))];
    context.fillRect(from, top, to - from, height);
  }
}

export function drawGaps(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, top, height } = boxOf(chart, chart.series[1]!.scale!);
  context.save();
  context.strokeStyle = inks.gap;
  context.lineWidth = devicePixelRatio;
  for (const gap of shown.gaps) {
    const [from, to] = [x(seconds(gap.from)), x(seconds(gap.to))];
    if (to - from < 2) continue;
    context.save();
    context.beginPath();
    context.rect(from, top, to - from, height);
    context.clip();
    const step = 7 * devicePixelRatio;
    context.beginPath();
    for (let at = from - height; at < to; at += step) {
      context.moveTo(at, top + height);
      context.lineTo(at + height, top);
    }
    context.stroke();
    context.restore();
  }
  context.restore();
}

/** The level the programme wanted, as steps, each lasting until the next. */
export function drawExpectedLevel(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, y } = boxOf(chart, "level");
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

/** The power that would be no anomaly, around what the level should draw. */
export function drawExpectedPower(chart: uPlot, shown: Series, inks: Inks): void {
  const { context, x, y } = boxOf(chart, "power");
  context.fillStyle = inks.band;
  const last = shown.at.length - 1;
  shown.at.forEach((at, index) => {
    const expected = shown.expected_power_w[index];
    if (expected === null || expected === undefined || expected <= 0) return;
    const to = x(index < last ? shown.at[index + 1]! : at);
    const from = x(at);
    const [low, high] = [y(expected * TOLERATED.low), y(expected * TOLERATED.high)];
    context.fillRect(from, high, Math.max(to - from + 0.5, 1), low - high);
  });
}
