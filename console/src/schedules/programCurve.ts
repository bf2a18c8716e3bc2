/** The level curve a program draws over one night, for the eye: what lights are told comes from the server. */
import type { ControlProgram, Moment } from "../api/types";
import type { Place } from "../app/city.svelte";
import { localInstant, shiftDay, type NightWindow } from "./night";
import { sunAltitudeDeg, HORIZON_DEG } from "./sun";

export interface Step {
  at: Date;
  levelPercent: number;
}

const CIVIL_DEG = -6;
const SEARCH_STEP_MS = 60_000;

function crossing(
  night: NightWindow,
  place: Place,
  altitudeDeg: number,
  isEvening: boolean,
): Date | undefined {
  const above = (ms: number) => sunAltitudeDeg(new Date(ms), place.lonDeg, place.latDeg) > altitudeDeg;
  for (let ms = night.from.getTime(); ms < night.to.getTime(); ms += SEARCH_STEP_MS) {
    const [before, after] = [above(ms), above(ms + SEARCH_STEP_MS)];
    if (before !== after && before === isEvening) return new Date(ms + SEARCH_STEP_MS);
  }
  return undefined;
}

export function instantOf(
  moment: Moment,
  night: NightWindow,
  place: Place,
  timeZone: string,
): Date | undefined {
  if (moment.kind === "clock") {
    const [hours, minutes] = moment.at.split(":").map(Number);
    const hour = hours! + minutes! / 60;
    return localInstant(hour >= 12 ? night.name : shiftDay(night.name, 1), hour, timeZone);
  }
  const isEvening = moment.event === "sunset" || moment.event === "civil_dusk";
  const altitude = moment.event.startsWith("civil") ? CIVIL_DEG : HORIZON_DEG;
  const at = crossing(night, place, altitude, isEvening);
  return at && new Date(at.getTime() + (moment.offset_minutes ?? 0) * 60_000);
}

/** Levels from noon to noon; the first step is always at the first noon. */
export function programCurve(
  program: ControlProgram,
  night: NightWindow,
  place: Place,
  timeZone: string,
): Step[] {
  const when = (moment: Moment) => instantOf(moment, night, place, timeZone);
  const periods = program.active_periods
    .map((period) => ({ start: when(period.start), end: when(period.end) }))
    .filter(
      (period): period is { start: Date; end: Date } =>
        !!period.start && !!period.end && period.start < period.end,
    );
  const steps = program.steps
    .map((step) => ({ at: when(step.at), levelPercent: step.level_percent }))
    .filter((step): step is Step => step.at !== undefined);
  const changes = [
    night.from,
    ...periods.flatMap(({ start, end }) => [start, end]),
    ...steps.map((step) => step.at),
  ]
    .filter((at) => at >= night.from && at < night.to)
    .sort((a, b) => a.getTime() - b.getTime());
  const levelAt = (at: Date): number => {
    if (!periods.some(({ start, end }) => start <= at && at < end)) return 0;
    return steps.filter((step) => step.at <= at).at(-1)?.levelPercent ?? program.level_percent;
  };
  const curve = changes.map((at) => ({ at, levelPercent: levelAt(at) }));
  return curve.filter((step, index) => index === 0 || step.levelPercent !== curve[index - 1]!.levelPercent);
}
