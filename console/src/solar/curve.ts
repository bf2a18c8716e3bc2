/** The charge of a battery over a week, as a line. */
import type { Charge } from "../api/types";

export const WIDTH = 480;
export const HEIGHT = 80;
/** A silence longer than this is a gap in the line. */
const GAP_MS = 3 * 3_600_000;

export function chargeLine(charges: readonly Charge[], from: Date, to: Date): string {
  let path = "";
  let before: number | undefined;
  for (const { at, battery_charge_percent: charge } of charges) {
    if (charge === null) continue;
    const time = Date.parse(at);
    const x = ((time - from.getTime()) / (to.getTime() - from.getTime())) * WIDTH;
    const y = HEIGHT - (charge / 100) * HEIGHT;
    const joins = before !== undefined && time - before <= GAP_MS;
    path += `${joins ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    before = time;
  }
  return path;
}
