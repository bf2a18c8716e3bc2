/** A month summed from its days. */
import type { EnergyDay } from "../api/types";

export interface EnergyTotal {
  energyWh: number;
  measuredWh: number;
  estimatedWh: number;
  /** Lamp-time of which nothing is known, of the lamp-time there was. */
  missingS: number;
  expectedS: number;
  /** Lights on the fullest day. */
  pointCount: number;
}

export function totalOf(days: readonly EnergyDay[]): EnergyTotal {
  const sum = (of: (day: EnergyDay) => number) => days.reduce((all, day) => all + of(day), 0);
  return {
    energyWh: sum((day) => day.energy_wh),
    measuredWh: sum((day) => day.measured_wh),
    estimatedWh: sum((day) => day.estimated_wh),
    missingS: sum((day) => day.missing_s),
    expectedS: sum((day) => day.expected_s),
    pointCount: Math.max(0, ...days.map((day) => day.light_point_count)),
  };
}
