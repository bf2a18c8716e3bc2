/** How the two curves of the evidence are laid out: same width, same hours, one cursor. */
import uPlot from "uplot";
import type { Series } from "../api/types";
import type { Formats } from "../i18n/format";
import { hourTicks, nightOf, shiftDay, nightNamed } from "../schedules/night";
import {
  drawExpectedLevel,
  drawExpectedPower,
  drawGaps,
  drawNights,
  drawNow,
  TOLERATED,
  type Inks,
} from "./drawing";

export type CurveKind = "level" | "power";

export interface Scene {
  series: Series;
  from: Date;
  to: Date;
  now: Date;
  timeZone: string;
  format: Formats;
  inks: Inks;
  onpoint: (second: number | null) => void;
}

export const CURVE_HEIGHT: Record<CurveKind, number> = { level: 150, power: 182 };
const DAY_MS = 86_400_000;
const AXIS = { font: "12px Archivo", ticks: { show: false } } as const;

/** Round local hours: every two over one night, every six or twelve over several. */
function ticksOf({ from, to, timeZone }: Scene): number[] {
  const nights = Math.round((to.getTime() - from.getTime()) / DAY_MS);
  const step = nights <= 1 ? 2 : nights <= 3 ? 6 : 12;
  const first = nightOf(from, timeZone).name;
  const all = Array.from({ length: nights }, (_, index) => nightNamed(shiftDay(first, index), timeZone));
  return [
    ...new Set(
      all.flatMap((night) => hourTicks(night, timeZone, step).map((tick) => tick.at.getTime() / 1000)),
    ),
  ];
}

function powerMax({ series }: Scene): number {
  const known = [
    ...series.active_power_w,
    ...series.expected_power_w.map((w) => (w === null ? null : w * TOLERATED.high)),
  ].filter((w) => w !== null);
  return Math.max(10, ...known) * 1.06;
}

export function chartOptions(width: number, kind: CurveKind, scene: Scene): uPlot.Options {
  const { inks, format: f, series } = scene;
  const isLevel = kind === "level";
  const max = isLevel ? 104 : powerMax(scene);
  const grid = { stroke: inks.grid, width: 1 };
  return {
    width,
    height: CURVE_HEIGHT[kind],
    padding: [10, 22, isLevel ? 10 : 0, 0],
    legend: { show: false },
    cursor: { sync: { key: "evidence" }, drag: { x: false, y: false }, y: false },
    scales: {
      x: { time: true, range: () => [scene.from.getTime() / 1000, scene.to.getTime() / 1000] },
      [kind]: { range: () => [0, max] },
    },
    series: [
      {},
      {
        scale: kind,
        stroke: isLevel ? inks.level : inks.power,
        width: 2,
        spanGaps: false,
        points: { show: false },
        ...(isLevel ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
      },
    ],
    axes: [
      {
        ...AXIS,
        stroke: inks.text,
        grid,
        show: !isLevel,
        splits: () => ticksOf(scene),
        values: (_, splits) => splits.map((at) => hourWords(at, f)),
        size: 40,
      },
      {
        ...AXIS,
        stroke: inks.text,
        scale: kind,
        size: 58,
        grid,
        ...(isLevel ? { splits: () => [0, 50, 100] } : { space: 36 }),
        values: (_, splits) =>
          splits.map((value) => (isLevel ? f.percent(value) : `${f.number(value)}\u00a0W`)),
      },
    ],
    hooks: {
      drawClear: [
        (chart) => {
          drawNights(chart, series, inks);
          (isLevel ? drawExpectedLevel : drawExpectedPower)(chart, series, inks);
          drawGaps(chart, series, scene.now, inks);
        },
      ],
      draw: [(chart) => drawNow(chart, scene.now, inks)],
      setCursor: [(chart) => scene.onpoint(pointedSecond(chart))],
    },
  };
}

/** Where the pointer is on the time axis; null when it left. */
function pointedSecond(chart: uPlot): number | null {
  const { left } = chart.cursor;
  return left === undefined || left < 0 ? null : chart.posToVal(left, "x");
}

function hourWords(second: number, f: Formats): string {
  const time = f.time(second * 1000);
  return time === "00:00" ? `${time}\n${f.weekday(second * 1000)}` : time;
}
