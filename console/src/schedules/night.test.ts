import { describe, expect, test } from "vitest";
import { along, hourTicks, localInstant, nightNamed, nightOf, shiftDay } from "./night";
import { darkBetween, sunAltitudeDeg } from "./sun";

const PARIS = "Europe/Paris";
const hours = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 3_600_000;

describe("the lighting night", () => {
  test("three in the morning belongs to the evening before", () => {
    expect(nightOf(new Date("2026-11-21T02:00:00Z"), PARIS).name).toBe("2026-11-20");
  });

  test("noon opens the next night", () => {
    expect(nightOf(new Date("2026-11-21T11:00:00Z"), PARIS).name).toBe("2026-11-21");
    expect(nightOf(new Date("2026-11-21T10:59:59Z"), PARIS).name).toBe("2026-11-20");
  });

  test("a clock change makes it 25 or 23 hours long", () => {
    const autumn = nightNamed("2026-10-24", PARIS);
    const spring = nightNamed("2026-03-28", PARIS);
    expect(hours(autumn.from, autumn.to)).toBe(25);
    expect(hours(spring.from, spring.to)).toBe(23);
  });

  test("its axis runs from noon to noon", () => {
    const night = nightNamed("2026-11-21", PARIS);
    expect(along(night, night.from)).toBe(0);
    expect(along(night, localInstant("2026-11-22", 0, PARIS))).toBe(0.5);
  });

  test("hours on the axis are clock hours", () => {
    const ticks = hourTicks(nightNamed("2026-10-24", PARIS), PARIS, 6);
    expect(ticks.map((tick) => tick.hour)).toEqual([12, 18, 0, 6, 12]);
    expect(hours(ticks[2]!.at, ticks[3]!.at)).toBe(7);
  });

  test("a day shifts over the end of a month", () => {
    expect(shiftDay("2026-02-28", 1)).toBe("2026-03-01");
  });
});

describe("the Sun", () => {
  // Sunset and sunrise of Paris, 21 June 2026, from the JPL DE421 ephemeris: 19:58 and 03:47 UTC.
  test("sets and rises within two minutes of the almanac", () => {
    const night = nightNamed("2026-06-21", PARIS);
    const dark = darkBetween(night.from, night.to, 2.3522, 48.8566);
    expect(Math.abs(dark!.sunsetAt.getTime() - Date.parse("2026-06-21T19:58:00Z"))).toBeLessThan(120_000);
    expect(Math.abs(dark!.sunriseAt.getTime() - Date.parse("2026-06-22T03:47:00Z"))).toBeLessThan(120_000);
  });

  test("never sets in Tromsø in June", () => {
    const night = nightNamed("2026-06-21", "Europe/Oslo");
    expect(darkBetween(night.from, night.to, 18.96, 69.65)).toBeUndefined();
  });

  test("is high at noon on the equator in March", () => {
    expect(sunAltitudeDeg(new Date("2026-03-20T12:07:00Z"), 0, 0)).toBeGreaterThan(88);
  });
});
