/** How far a command reaches in time, and what about it deserves a second look. */

export type Until = "15min" | "1h" | "3h" | "sunrise";

const MINUTES: Record<Exclude<Until, "sunrise">, number> = { "15min": 15, "1h": 60, "3h": 180 };

/** The next sunrise when one is known, else in twelve hours. */
export function expiry(until: Until, now: Date, sunriseAt: Date | undefined): Date {
  if (until !== "sunrise") return new Date(now.getTime() + MINUTES[until] * 60_000);
  const isAhead = sunriseAt !== undefined && sunriseAt > now;
  return isAhead ? sunriseAt : new Date(now.getTime() + 12 * 3_600_000);
}

export type Caution = "darkens" | "dark" | "many";

/** From this many lights on, the count is said loudly. */
const MANY_LIGHTS = 100;

export function cautions(levelPercent: number, nowPercent: number | null, lightCount: number): Caution[] {
  const found: Caution[] = [];
  if (levelPercent === 0) found.push("dark");
  else if (nowPercent !== null && levelPercent < nowPercent) found.push("darkens");
  if (lightCount >= MANY_LIGHTS) found.push("many");
  return found;
}
