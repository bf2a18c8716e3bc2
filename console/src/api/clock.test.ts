import { expect, test } from "vitest";
import { Clock } from "./clock";

const NOON = Date.parse("2026-11-21T12:00:00Z");

test("the server's time goes on between two samples", () => {
  const clock = new Clock(0);
  clock.learn("2026-11-21T12:00:00Z", 1_000);
  expect(clock.at(61_000).getTime()).toBe(NOON + 60_000);
});

test("a demonstration that lives sixty times faster is followed", () => {
  const clock = new Clock(0);
  clock.learn("2026-11-21T12:00:00Z", 1_000);
  clock.learn("2026-11-21T12:10:00Z", 11_000);
  expect(clock.at(12_000).toISOString()).toBe("2026-11-21T12:11:00.000Z");
});

test("the first word of the server says its time, not its rate", () => {
  const clock = new Clock(0);
  clock.learn("2026-11-21T12:00:00Z", 60_000);
  expect(clock.at(61_000).getTime()).toBe(NOON + 1_000);
});

test("the jitter of the network is no rate", () => {
  const clock = new Clock(0);
  clock.learn("2026-11-21T12:00:00Z", 1_000);
  clock.learn("2026-11-21T12:00:10.400Z", 11_000);
  expect(clock.at(21_000).toISOString()).toBe("2026-11-21T12:00:20.400Z");
});
