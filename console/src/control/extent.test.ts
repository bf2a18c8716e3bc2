import { expect, test } from "vitest";
import { cautions, expiry } from "./extent";

const now = new Date("2026-11-21T20:00:00Z");
const sunrise = new Date("2026-11-22T06:50:00Z");

test("until sunrise is tonight's sunrise while it lies ahead", () => {
  expect(expiry("sunrise", now, sunrise)).toEqual(sunrise);
  expect(expiry("sunrise", new Date("2026-11-22T07:00:00Z"), sunrise)).toEqual(
    new Date("2026-11-22T19:00:00Z"),
  );
});

test("a fixed time counts from now", () => {
  expect(expiry("15min", now, undefined)).toEqual(new Date("2026-11-21T20:15:00Z"));
});

test("switching off and dimming are told apart, and a large reach is said", () => {
  expect(cautions(0, 70, 1)).toEqual(["dark"]);
  expect(cautions(30, 70, 240)).toEqual(["darkens", "many"]);
  expect(cautions(100, 70, 3)).toEqual([]);
});
