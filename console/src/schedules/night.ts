/** The lighting night: noon to noon in local time, named by its evening. */

const HOUR_MS = 3_600_000;

export interface NightWindow {
  /** The evening's date, YYYY-MM-DD. */
  name: string;
  from: Date;
  to: Date;
}

function partsOf(at: Date, timeZone: string): Record<string, number> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
}

function offsetMs(at: Date, timeZone: string): number {
  const p = partsOf(at, timeZone);
  const local = Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!, p.second!);
  return local - Math.floor(at.getTime() / 1000) * 1000;
}

/** The instant of a local clock time. Noon is never skipped nor repeated by a clock change. */
export function localInstant(date: string, hour: number, timeZone: string): Date {
  const wall = Date.parse(`${date}T00:00:00Z`) + hour * HOUR_MS;
  const guess = wall - offsetMs(new Date(wall), timeZone);
  return new Date(wall - offsetMs(new Date(guess), timeZone));
}

export function localDate(at: Date, timeZone: string): string {
  const p = partsOf(at, timeZone);
  return `${p.year}-${String(p.month).padStart(2, "0")}-${String(p.day).padStart(2, "0")}`;
}

export function shiftDay(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function nightNamed(name: string, timeZone: string): NightWindow {
  return {
    name,
    from: localInstant(name, 12, timeZone),
    to: localInstant(shiftDay(name, 1), 12, timeZone),
  };
}

/** The lighting night an instant belongs to. */
export function nightOf(at: Date, timeZone: string): NightWindow {
  const today = localDate(at, timeZone);
  const name = at < localInstant(today, 12, timeZone) ? shiftDay(today, -1) : today;
  return nightNamed(name, timeZone);
}

/** Where an instant lies on the night's axis, 0 at the first noon and 1 at the second. */
export function along(night: NightWindow, at: Date | number): number {
  const ms = typeof at === "number" ? at : at.getTime();
  return (ms - night.from.getTime()) / (night.to.getTime() - night.from.getTime());
}

export interface Tick {
  at: Date;
  hour: number;
}

/** Local clock hours on the axis, every `step` hours, where a clock change bends them. */
export function hourTicks(night: NightWindow, timeZone: string, step: number): Tick[] {
  const ticks: Tick[] = [];
  for (let hour = 12; hour <= 36; hour += step) {
    const date = hour < 24 ? night.name : shiftDay(night.name, 1);
    ticks.push({ at: localInstant(date, hour % 24, timeZone), hour: hour % 24 });
  }
  return ticks;
}
