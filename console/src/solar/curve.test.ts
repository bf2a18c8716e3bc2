import { expect, it } from "vitest";
import type { Charge } from "../api/types";
import { chargeLine } from "./curve";

const FROM = new Date("2026-11-20T00:00:00Z");
const TO = new Date("2026-11-21T00:00:00Z");

const charge = (hour: number, percent: number | null): Charge => ({
  at: new Date(FROM.getTime() + hour * 3_600_000).toISOString(),
  battery_charge_percent: percent,
  battery_voltage_v: null,
  charge_current_a: null,
  panel_power_w: null,
  panel_energy_wh: null,
});

it("draws full at the top and empty at the bottom", () => {
  expect(chargeLine([charge(0, 100), charge(1, 0)], FROM, TO)).toBe("M0.0,0.0L20.0,80.0");
});

it("leaves a gap where the battery was silent, and nothing where it did not say", () => {
  expect(chargeLine([charge(0, 50), charge(6, 50)], FROM, TO)).toBe("M0.0,40.0M120.0,40.0");
  expect(chargeLine([charge(0, null)], FROM, TO)).toBe("");
});
