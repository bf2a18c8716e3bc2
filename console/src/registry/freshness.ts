/** How far what a light says of itself can be believed. */
import type { LightPoint } from "../api/types";

/** The communication-loss rule waits for this many missed periods; so does the eye. */
const PERIODS_MISSED = 3;

export function isStale(point: Pick<LightPoint, "latest" | "controller">, now: Date): boolean {
  if (point.latest === null || point.controller === null) return point.latest === null;
  const ageS = (now.getTime() - new Date(point.latest.seen_at).getTime()) / 1000;
  return ageS > PERIODS_MISSED * point.controller.expected_period_s;
}

/** The light it gives: none from a lamp known to be out, whatever level its controller reports. */
export function shiningPercent(point: Pick<LightPoint, "latest" | "open_alarms">): number | null {
  if (point.open_alarms.some((alarm) => alarm.cause === "lamp_failure")) return 0;
  return point.latest?.level_percent ?? null;
}
