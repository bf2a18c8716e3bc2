import { expect, test } from "vitest";
import { daysOfMonth, shiftMonth } from "./month";

test("months shift over the end of a year", () => {
  expect(shiftMonth("2026-12", 1)).toBe("2027-01");
  expect(shiftMonth("2026-01", -1)).toBe("2025-12");
});

test("February knows its leap years", () => {
  expect(daysOfMonth("2026-02")).toHaveLength(28);
  expect(daysOfMonth("2028-02").at(-1)).toBe("2028-02-29");
});
