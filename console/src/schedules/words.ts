/** Conditions and moments of schedules in the reader's words. */
import type { CalendarRule as Rule, Moment } from "../api/types";
import type { Formats } from "../i18n/format";
import { t, word } from "../i18n/index.svelte";

/** The first of January 2024 was a Monday. */
const weekday = (day: number, f: Formats) =>
  f.dayShort(`2024-01-${String(day).padStart(2, "0")}`).replace(/[\s\d.]+/g, "");

const monthDay = (text: string, f: Formats) => f.dayMonth(`2024-${text}`);

function condition(rule: Rule, f: Formats): string {
  const given = rule.condition as Record<string, unknown> | null;
  switch (given?.kind) {
    case undefined:
      return t("calendar.every_night");
    case "week_days":
      return (given.days as number[]).map((day) => weekday(day, f)).join(", ");
    case "year_days":
      return t("calendar.from_to", {
        from: monthDay(given.first as string, f),
        to: monthDay(given.last as string, f),
      });
    case "month_days":
      return t("calendar.month_days", { from: given.first as number, to: given.last as number });
    case "special_days":
      return (given.dates as string[]).map((on) => f.dayMonth(on)).join(", ");
    case "public_holidays":
      return t(given.on_eves ? "calendar.holiday_eves" : "calendar.holidays");
    default:
      return word("calendar.condition", String(given?.kind));
  }
}

export function conditionWords(rule: Rule, f: Formats): string {
  const range = [
    rule.starts_on ? t("calendar.from", { on: f.day(rule.starts_on) }) : "",
    rule.ends_on ? t("calendar.until", { on: f.day(rule.ends_on) }) : "",
  ];
  return [condition(rule, f), ...range].filter(Boolean).join(" ");
}

export function momentWords(moment: Moment): string {
  if (moment.kind === "clock") return moment.at.slice(0, 5);
  const name = word("sun", moment.event);
  const minutes = moment.offset_minutes ?? 0;
  if (minutes === 0) return name;
  return `${name} ${minutes > 0 ? "+" : "−"} ${Math.abs(minutes)} min`;
}
