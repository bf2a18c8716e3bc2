import { describe, expect, test } from "vitest";
import { makeFormats } from "./format";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");
const fr = makeFormats("fr-FR", "Europe/Paris");
const en = makeFormats("en-GB", "Europe/Paris");

describe("the reader's form", () => {
  test("French writes thousands with a space and decimals with a comma", () => {
    expect(plain(fr.energy(12_345_600))).toBe("12 346 kWh");
    expect(plain(fr.power(38.25))).toBe("38,3 W");
    expect(plain(fr.percent(70))).toBe("70 %");
  });

  test("English writes thousands with a comma", () => {
    expect(plain(en.energy(12_345_600))).toBe("12,346 kWh");
    expect(plain(en.percent(70))).toBe("70%");
  });

  test("an instant is told in the time zone of the site", () => {
    expect(fr.time("2026-10-25T00:30:00Z")).toBe("02:30");
    expect(fr.time("2026-10-25T01:30:00Z")).toBe("02:30");
  });

  test("a calendar date never slips to its neighbour", () => {
    expect(plain(en.day("2026-11-01"))).toBe("1 Nov 2026");
    expect(fr.month("2026-11")).toBe("novembre 2026");
  });

  test("time past is told in its largest unit", () => {
    const now = "2026-11-21T20:00:00Z";
    expect(plain(fr.ago("2026-11-21T19:48:00Z", now))).toBe("il y a 12 min");
    expect(plain(en.ago("2026-11-19T19:48:00Z", now))).toBe("2 days ago");
  });

  test("a duration has at most two units", () => {
    expect(plain(fr.duration(7_500))).toBe("2 h 05");
    expect(plain(fr.duration(540))).toBe("9 min");
  });
});
