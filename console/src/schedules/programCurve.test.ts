import { expect, test } from "vitest";
import type { ControlProgram } from "../api/types";
import { nightNamed } from "./night";
import { programCurve } from "./programCurve";

const PARIS = "Europe/Paris";
const place = { lonDeg: 2.3522, latDeg: 48.8566 };
const night = nightNamed("2026-11-21", PARIS);
const sunset = { kind: "solar", event: "sunset" } as const;
const sunrise = { kind: "solar", event: "sunrise" } as const;
const clock = (at: string) => ({ kind: "clock", at }) as const;

function program(over: Partial<ControlProgram>): ControlProgram {
  return {
    id: "p",
    organisation_id: "o",
    version: 1,
    changed_at: "2026-11-01T00:00:00Z",
    changed_by_name: "",
    why: "",
    name: "test",
    level_percent: 100,
    cct_k: null,
    active_periods: [{ start: sunset, end: sunrise }],
    steps: [],
    ...over,
  };
}

const levels = (given: ControlProgram) =>
  programCurve(given, night, place, PARIS).map((step) => step.levelPercent);
const times = (given: ControlProgram) =>
  programCurve(given, night, place, PARIS).map((step) =>
    step.at.toLocaleTimeString("fr-FR", { timeZone: PARIS, hour: "2-digit", minute: "2-digit" }),
  );

test("a lamp burns from sunset to sunrise", () => {
  expect(levels(program({}))).toEqual([0, 100, 0]);
});

test("dimming steps set the level while the program lights", () => {
  const dimmed = program({
    steps: [
      { at: clock("22:00"), level_percent: 50, fade_s: 0, cct_k: null },
      { at: clock("06:00"), level_percent: 100, fade_s: 0, cct_k: null },
    ],
  });
  expect(levels(dimmed)).toEqual([0, 100, 50, 100, 0]);
  expect(times(dimmed).slice(2, 4)).toEqual(["22:00", "06:00"]);
});

test("the heart of the night may be dark", () => {
  const split = program({
    active_periods: [
      { start: sunset, end: clock("23:00") },
      { start: clock("05:00"), end: sunrise },
    ],
  });
  expect(levels(split)).toEqual([0, 100, 0, 100, 0]);
});

test("a morning relight after sunrise lights nothing", () => {
  const late = program({ active_periods: [{ start: clock("09:30"), end: sunrise }] });
  expect(levels(late)).toEqual([0]);
});
