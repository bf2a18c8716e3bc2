/** Numbers, instants and durations in the reader's form; pure, one set per language and time zone. */

export type Instant = string | number | Date;

const asDate = (at: Instant): Date => (at instanceof Date ? at : new Date(at));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Below this many watt-hours energy is said in kWh, above in MWh. */
const MWH_FROM_WH = 100_000_000;

export function makeFormats(locale: string, timeZone: string) {
  const numbers = new Map<number, Intl.NumberFormat>();
  const number = (value: number, digits = 0): string => {
    const known =
      numbers.get(digits) ??
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numbers.set(digits, known);
    return known.format(value);
  };
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    return (at: Instant): string => format.format(asDate(at));
  };
  /** A calendar date has no time zone: it is read and written at UTC noon. */
  const days = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    return (on: string): string => format.format(new Date(`${on.length === 7 ? `${on}-01` : on}T12:00:00Z`));
  };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const justNow = locale.startsWith("fr") ? "à l’instant" : "just now";
  const nbsp = "\u00a0";
  const asWritten = new Intl.NumberFormat(locale, { maximumFractionDigits: 7, useGrouping: false });
  return {
    number,
    /** All its digits, ungrouped: for values compared one with another. */
    exact: (value: number) => asWritten.format(value),
    euros: (() => {
      const format = new Intl.NumberFormat(locale, {
        style: "currency",
        currency: "EUR",
        maximumFractionDigits: 0,
      });
      return (value: number) => format.format(value);
    })(),
    percent: (value: number) => number(value) + (locale.startsWith("fr") ? nbsp : "") + "%",
    ratio: (part: number, whole: number) => number(whole === 0 ? 0 : (100 * part) / whole, 1) + nbsp + "%",
    power: (w: number) =>
      w >= 10_000 ? number(w / 1000, 1) + nbsp + "kW" : number(w, w < 100 ? 1 : 0) + nbsp + "W",
    energy: (wh: number) =>
      wh >= MWH_FROM_WH
        ? number(wh / 1_000_000, 1) + nbsp + "MWh"
        : number(wh / 1000, wh < 100_000 ? 1 : 0) + nbsp + "kWh",
    time: dates({ hour: "2-digit", minute: "2-digit" }),
    date: dates({ day: "numeric", month: "short", year: "numeric" }),
    dateTime: dates({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    dateTimeLong: dates({ dateStyle: "full", timeStyle: "short" }),
    weekday: dates({ weekday: "short", day: "numeric", month: "short" }),
    day: days({ day: "numeric", month: "short", year: "numeric" }),
    dayShort: days({ weekday: "short", day: "numeric" }),
    dayMonth: days({ day: "numeric", month: "short" }),
    month: days({ month: "long", year: "numeric" }),
    monthShort: days({ month: "short" }),
    /** How long ago (or how soon), in the largest unit that fits. */
    ago: (at: Instant, now: Instant): string => {
      const seconds = (asDate(at).getTime() - asDate(now).getTime()) / 1000;
      const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
      return step === undefined ? justNow : relative.format(Math.trunc(seconds / step[1]), step[0]);
    },
    /** A duration in its two largest units: "2 h 05". */
    duration: (seconds: number): string => {
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return number(minutes) + nbsp + "min";
      const hours = Math.floor(minutes / 60);
      if (hours >= 100) return number(hours) + nbsp + "h";
      return `${hours}${nbsp}h${nbsp}${String(minutes % 60).padStart(2, "0")}`;
    },
  };
}

export type Formats = ReturnType<typeof makeFormats>;
