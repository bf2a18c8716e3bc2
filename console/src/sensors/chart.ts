/** Where the values of a sensor stand in its chart. */
import type { SensorPeriod } from "../api/types";

export type Span = "day" | "week" | "month";
export const SPANS: readonly Span[] = ["day", "week", "month"];

const DAY_S = 86_400;
const LENGTH_S: Record<Span, number> = { day: DAY_S, week: 7 * DAY_S, month: 30 * DAY_S };
const STEPS = { day: "quarter", week: "hour", month: "day" } as const;

export const stepOf = (span: Span) => STEPS[span];

/** The stretch of time that ends now. */
export function stretchOf(span: Span, now: Date): [from: Date, to: Date] {
  return [new Date(now.getTime() - LENGTH_S[span] * 1000), now];
}

export const WIDTH = 720;
export const HEIGHT = 200;

export interface Mark {
  period: SensorPeriod;
  x: number;
  width: number;
  /** Of the value; undefined where it is withheld. */
  y: number | undefined;
  low: number | undefined;
  high: number | undefined;
}

export interface Drawing {
  marks: Mark[];
  least: number;
  most: number;
  /** A gap in time is a gap in the line. */
  lines: string[];
  bands: string[];
}

/** The range of an axis: counts stand on nought, other values on a tenth of their own swing. */
export function rangeOf(periods: readonly SensorPeriod[], isCount: boolean): [least: number, most: number] {
  const values = periods.flatMap((one) => [one.value, one.minimum, one.maximum]).filter((v) => v !== null);
  if (values.length === 0) return [0, 1];
  const least = isCount ? 0 : Math.min(...values);
  const most = Math.max(...values);
  const room = isCount ? 0 : (most - least) * 0.1 || Math.abs(most) * 0.05 || 1;
  return [least - room, Math.max(most + room, least + 1)];
}

export function draw(periods: readonly SensorPeriod[], isCount: boolean, from: Date, to: Date): Drawing {
  const [least, most] = rangeOf(periods, isCount);
  const span = to.getTime() - from.getTime();
  const across = (at: string) => ((Date.parse(at) - from.getTime()) / span) * WIDTH;
  const up = (value: number | null) =>
    value === null ? undefined : HEIGHT - ((value - least) / (most - least)) * HEIGHT;
  const marks = periods.map((period) => {
    const x = Math.max(0, across(period.from));
    return {
      period,
      x,
      width: Math.max(1, Math.min(WIDTH, across(period.to)) - x),
      y: up(period.value),
      low: up(period.minimum),
      high: up(period.maximum),
    };
  });
  const runs = runsOf(marks);
  return { marks, least, most, lines: runs.map(line), bands: runs.map(band) };
}

/** Marks that follow one another without a gap. */
export function runsOf(marks: readonly Mark[]): Mark[][] {
  const runs: Mark[][] = [];
  let before: Mark | undefined;
  for (const mark of marks) {
    if (mark.y === undefined) {
      before = undefined;
      continue;
    }
    const follows = before !== undefined && Date.parse(mark.period.from) <= Date.parse(before.period.to);
    if (follows) runs.at(-1)?.push(mark);
    else runs.push([mark]);
    before = mark;
  }
  return runs;
}

const middle = (mark: Mark) => mark.x + mark.width / 2;
const point = (x: number, y: number | undefined) => `${x.toFixed(1)},${(y ?? 0).toFixed(1)}`;

function line(run: Mark[]): string {
  const only = run.length === 1 ? run[0] : undefined;
  if (only !== undefined) return `M${point(only.x, only.y)}H${(only.x + only.width).toFixed(1)}`;
  return "M" + run.map((mark) => point(middle(mark), mark.y)).join("L");
}

function band(run: Mark[]): string {
  const there = run.map((mark) => point(middle(mark), mark.high));
  const back = run.toReversed().map((mark) => point(middle(mark), mark.low));
  return run.length === 1 ? "" : `M${[...there, ...back].join("L")}Z`;
}
