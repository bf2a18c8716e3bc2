import { expect, test } from "vitest";
import { burning } from "./burning";

test("a dimmed night burns its hours, and fewer at full level", () => {
  const night = {
    night: "2026-11-21",
    sunset_at: null,
    sunrise_at: null,
    steps: [
      { starts_at: "2026-11-21T11:00:00Z", level_percent: 0 },
      { starts_at: "2026-11-21T16:00:00Z", level_percent: 100 },
      { starts_at: "2026-11-21T21:00:00Z", level_percent: 50 },
      { starts_at: "2026-11-22T07:00:00Z", level_percent: 0 },
    ],
  };
  expect(burning([night], "Europe/Paris")).toEqual({ hours: 15, fullHours: 10 });
});
