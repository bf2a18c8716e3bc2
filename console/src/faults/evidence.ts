/** The evidence kept with an alarm, told in words and units; numbers know their unit by their name. */
import type { Formats } from "../i18n/format";
import { word } from "../i18n/index.svelte";

export function evidenceValue(name: string, value: unknown, f: Formats): string {
  if (typeof value === "number") {
    if (name.endsWith("_w")) return f.power(value);
    if (name.endsWith("_percent")) return f.percent(value);
    if (name.endsWith("_v")) return `${f.number(value, 1)}\u00a0V`;
    if (name.endsWith("_s")) return f.duration(value);
    return f.number(value, Number.isInteger(value) ? 0 : 2);
  }
  if (typeof value === "string") {
    const isInstant = (name === "at" || name.endsWith("_at")) && !Number.isNaN(Date.parse(value));
    return isInstant ? f.dateTime(value) : value;
  }
  if (typeof value === "boolean") return word("yesno", String(value));
  return JSON.stringify(value);
}

export function evidenceFacts(evidence: Record<string, unknown>, f: Formats): [string, string][] {
  return Object.entries(evidence)
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([name, value]) => [word("evidence.name", name), evidenceValue(name, value, f)]);
}
