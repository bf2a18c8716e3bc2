import { describe, expect, test } from "vitest";
import type { FormField } from "../api/types";
import { emptyRow, problemOf, settingsFrom, typedFrom } from "./form";
import { isAsked, kindOf, wayOf } from "./kinds";

const field = (name: string, values: Partial<FormField> = {}): FormField => ({
  name,
  type: "text",
  is_required: false,
  default: null,
  least: null,
  most: null,
  pattern: null,
  choices: [],
  fields: [],
  ...values,
});
const host = field("host", { is_required: true, least: 1, most: 253 });
const port = field("port", { type: "number", default: 502, least: 1, most: 65_535 });
const tls = field("tls", { type: "yes_no", default: true });
const unit = field("unit", { type: "number", is_required: true, least: 0, most: 255 });
const units = field("units", { type: "rows", fields: [unit, field("profile", { is_required: true })] });
const fields = [host, port, tls, field("secret", { type: "secret", pattern: "^[a-z0-9_]{1,60}$" }), units];

describe("a form", () => {
  test("of a new network proposes the defaults", () => {
    const typed = typedFrom(fields, undefined);
    expect(typed).toEqual({ host: "", port: "502", tls: true, secret: "", units: [] });
    expect(emptyRow(units)).toEqual({ unit: "", profile: "" });
  });

  test("of a known one says back what is set", () => {
    const settings = {
      host: "10.0.0.5",
      port: 1502,
      tls: false,
      secret: "gare",
      units: [{ unit: 3, profile: "abb/b23" }],
    };
    const typed = typedFrom(fields, settings);
    expect(typed["units"]).toEqual([{ unit: "3", profile: "abb/b23" }]);
    expect(settingsFrom(fields, typed)).toEqual(settings);
  });

  test("sends nothing for what was left blank, and numbers as numbers", () => {
    const typed = { host: " dali1 ", port: "", tls: true, secret: " ", units: [] };
    expect(settingsFrom(fields, typed)).toEqual({ host: "dali1", tls: true, units: [] });
    expect(settingsFrom([port], { port: "1502" })).toEqual({ port: 1502 });
  });
});

test.each([
  [host, "", "missing"],
  [host, "dali1", undefined],
  [port, "", undefined],
  [port, "abc", "not_a_number"],
  [port, "1.5", "not_a_number"],
  [port, "70000", "out_of_bounds"],
  [host, "x".repeat(254), "out_of_bounds"],
  [fields[3]!, "Mon secret", "wrong_form"],
  [fields[3]!, "mon_secret", undefined],
  [tls, false, undefined],
  [units, [{ unit: "3", profile: "" }], "missing"],
  [units, [], undefined],
])("%o answered %o is wrong as: %s", (asked, given, problem) => {
  expect(problemOf(asked, given)).toBe(problem);
});

describe("a network that is reached one way or another", () => {
  test("is asked only for the settings of the way chosen, and those of both", () => {
    expect(isAsked("modbus", "port", "tcp")).toBe(true);
    expect(isAsked("modbus", "device", "tcp")).toBe(false);
    expect(isAsked("modbus", "units", "serial")).toBe(true);
    expect(isAsked("tts", "port", "")).toBe(true);
  });

  test("keeps the way it was entered", () => {
    expect(wayOf("modbus", { host: null, device: "/dev/ttyUSB0" })).toBe("serial");
    expect(wayOf("modbus", undefined)).toBe("tcp");
    expect(wayOf("chirpstack", {})).toBe("");
  });

  test("may be of a kind newer than this console", () => {
    expect(kindOf("zigbee").ways).toEqual([]);
  });
});
