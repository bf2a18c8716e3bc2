/** From the settings of a network to what a form shows, and back. Pure: fields are data of the server. */
import type { FormField } from "../api/types";

export type Setting = string | number | boolean | null | Row[];
export type Settings = Record<string, Setting>;
export type Row = Record<string, string | number | boolean | null>;

/** What stands in the form: text as typed, a tick, or rows of the same. */
export type Typed = string | boolean | TypedRow[];
export type TypedRow = Record<string, string | boolean>;
export type TypedSettings = Record<string, Typed>;

const shown = (value: unknown): string | boolean =>
  typeof value === "boolean" ? value : value === null || value === undefined ? "" : String(value);

function blank(field: FormField): string | boolean {
  return field.type === "yes_no" ? field.default === true : shown(field.default);
}

export const emptyRow = (field: FormField): TypedRow =>
  Object.fromEntries(field.fields.map((one) => [one.name, blank(one)]));

/** Settings as they are, or the defaults of a new network. */
export function typedFrom(fields: readonly FormField[], settings: Settings | undefined): TypedSettings {
  return Object.fromEntries(
    fields.map((field): [string, Typed] => {
      const given = settings?.[field.name];
      if (field.type === "rows")
        return [field.name, (Array.isArray(given) ? given : []).map((row) => typedRow(field, row))];
      return [field.name, given === undefined || Array.isArray(given) ? blank(field) : shown(given)];
    }),
  );
}

const typedRow = (field: FormField, row: Row): TypedRow =>
  Object.fromEntries(field.fields.map((one) => [one.name, shown(row[one.name])]));

/** What is sent: numbers as numbers, and nothing for what was left blank. */
export function settingsFrom(fields: readonly FormField[], typed: TypedSettings): Settings {
  const settings: Settings = {};
  for (const field of fields) {
    const value = typed[field.name];
    if (Array.isArray(value)) {
      settings[field.name] = value.map((row) => settingsFrom(field.fields, row) as Row);
    } else {
      const meant = meaning(field, value);
      if (meant !== undefined) settings[field.name] = meant;
    }
  }
  return settings;
}

function meaning(
  field: FormField,
  value: string | boolean | undefined,
): string | number | boolean | undefined {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "") return undefined;
  return field.type === "number" ? Number(text.replace(",", ".")) : text;
}

export type Problem = "missing" | "not_a_number" | "out_of_bounds" | "wrong_form";

/** What is wrong with one answer; undefined when nothing is. */
export function problemOf(field: FormField, value: Typed | undefined): Problem | undefined {
  if (Array.isArray(value)) {
    const wrong = value.flatMap((row) => field.fields.map((one) => problemOf(one, row[one.name])));
    return wrong.find((one) => one !== undefined);
  }
  const meant = meaning(field, value);
  if (meant === undefined) return field.is_required ? "missing" : undefined;
  if (typeof meant === "boolean") return undefined;
  if (typeof meant === "number" && !Number.isInteger(meant)) return "not_a_number";
  const size = typeof meant === "number" ? meant : meant.length;
  if (size < (field.least ?? -Infinity) || size > (field.most ?? Infinity)) return "out_of_bounds";
  const isFormed = field.pattern === null || new RegExp(field.pattern, "u").test(String(meant));
  return isFormed ? undefined : "wrong_form";
}
