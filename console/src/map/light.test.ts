import { describe, expect, test } from "vitest";
import { glow, lightRgb } from "./light";

describe("the colour of light", () => {
  test("goes from amber to white as the temperature rises", () => {
    const blue = [2200, 2700, 3000, 4000].map((cctK) => lightRgb(cctK)[2]);
    expect(blue).toEqual([...blue].sort((a, b) => a - b));
  });

  test("lies between its neighbours", () => {
    const [, green] = lightRgb(3500);
    expect(green).toBeGreaterThan(lightRgb(3000)[1]);
    expect(green).toBeLessThan(lightRgb(4000)[1]);
  });

  test("stays at the ends beyond the known lamps", () => {
    expect(lightRgb(900)).toEqual(lightRgb(1800));
    expect(lightRgb(9000)).toEqual(lightRgb(5700));
  });
});

describe("the strength of a glow", () => {
  test("is nothing for a lamp that is off or unknown", () => {
    expect(glow(0)).toBe(0);
    expect(glow(-1)).toBe(0);
  });

  test("is seen at the lowest level and full at 100 %", () => {
    expect(glow(5)).toBeGreaterThan(0.4);
    expect(glow(100)).toBe(1);
  });
});
